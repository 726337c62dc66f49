import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { rowText } from '../../src/copy-binary/framing.js';
import { RowLog } from '../../src/copy-binary/row-log.js';
import { lying, rowOf } from '../support/binary-rows.js';

const logs: RowLog[] = [];
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'row-log-test-'));
  vi.stubEnv('TMPDIR', directory);
});
afterEach(() => {
  for (const log of logs.splice(0)) log.close();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function logOf(rows: readonly string[], memoryLimit: number): RowLog {
  const log = new RowLog(memoryLimit);
  logs.push(log);
  for (const row of rows) log.add(lying(row));
  return log;
}

/** Files without a name that this process holds open in the directory. */
function namelessFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      const target = readlinkSync(join('/proc/self/fd', fd));
      return target.startsWith(directory) && target.endsWith('(deleted)');
    } catch {
      return false;
    }
  }).length;
}

const field = fc.array(fc.nat(255), { maxLength: 60 }).map((codes) => String.fromCharCode(...codes));
const row = fc.array(fc.option(field), { maxLength: 6 }).map(rowOf);
/** Long enough for several chunks, also with rows that are longer than a chunk. */
const rows = fc
  .tuple(fc.array(row, { maxLength: 60 }), fc.array(fc.nat(400_000), { maxLength: 4 }))
  .map(([some, lengths]) =>
    some.concat(
      lengths.map((length) => rowOf(['é'.repeat(length), null])),
      some,
    ),
  );

test.each([
  ['in memory', Number.POSITIVE_INFINITY],
  ['spilled', 0],
  ['spilled half-way', 300_000],
])('gives back what was added, any number of times: %s', (_name, limit) => {
  fc.assert(
    fc.property(rows, (added) => {
      const log = logOf(added, limit);
      const bytes = Buffer.from(added.join(''), 'latin1');
      expect(log.rows).toBe(added.length);
      expect(log.bytes).toBe(bytes.length);
      for (let turn = 0; turn < 2; turn += 1) {
        expect(Buffer.concat([...log.chunks()]).equals(bytes)).toBe(true);
        expect([...log].map(rowText)).toEqual(added);
      }
    }),
    { numRuns: 25 },
  );
});

test('rows added after a reading are there at the next one', () => {
  const [a, b, c] = [rowOf(['a']), rowOf(['b']), rowOf(['c', null])];
  const log = logOf([a, b], 0);
  expect([...log].map(rowText)).toEqual([a, b]);
  log.add(lying(c));
  expect([...log].map(rowText)).toEqual([a, b, c]);
});

// Which files a process holds open, only Linux tells so.
describe.skipIf(process.platform !== 'linux')('the temporary file', () => {
  const long = Array.from({ length: 8 }, (_, n) => rowOf([String(n).repeat(100_000)]));

  test('is made when the limit is passed, not before', () => {
    logOf(long, 1 << 20);
    expect(namelessFiles()).toBe(0);
    const log = logOf(long, 1 << 19);
    expect(namelessFiles()).toBe(1);
    expect([...log].map(rowText)).toEqual(long);
  });

  test('has no name, and goes with the log', () => {
    const log = logOf(long, 0);
    expect(readdirSync(directory)).toEqual([]);
    expect(namelessFiles()).toBe(1);
    log.close();
    expect(namelessFiles()).toBe(0);
    expect(log.rows).toBe(0);
    expect(log.bytes).toBe(0);
    expect([...log]).toEqual([]);
    log.close();
  });
});
