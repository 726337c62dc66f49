import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { type RowBytes, rowText } from '../../src/copy-binary/framing.js';
import { closeGroup, Grouper } from '../../src/extract/group.js';
import type { Group } from '../../src/mapping/merger.js';
import { bytesOf, lying, rowOf, textOf } from '../support/binary-rows.js';

afterEach(() => vi.unstubAllEnvs());

/** Few keys, so that they meet; in the order of uuids, which is that of their bytes, all of 00 to e7. */
const KEYS = Array.from(
  { length: 12 },
  (_, n) => `${(21 * n).toString(16).padStart(2, '0')}eebc99-9c0b-4ef8-bb6d-6bb9bd380a11`,
);
const key = fc.constantFrom(...KEYS);
const row = (head: string, tail: string | null) => rowOf([bytesOf('uuid', head), tail]);
/** The key of a row: behind the number of its fields and the length of the first. */
const keyOf = (bytes: string) => textOf('uuid', bytes.slice(6, 22));
const numbered = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
/** The rows of one source, in the order of their keys. */
const source = fc
  .array(fc.tuple(key, fc.option(fc.stringMatching(/^[a-z\\é\xff\0]{0,5}$/))), { maxLength: 30 })
  .map((rows) =>
    rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([head, tail]) => row(head, tail)),
  );
/** How many rows each piece of a stream has; 0 is an empty piece. */
const cuts = fc.array(fc.nat(5), { minLength: 1 }).filter((sizes) => sizes.some((size) => size > 0));

async function* pieces(lines: readonly string[], sizes: readonly number[]): AsyncGenerator<RowBytes[]> {
  for (let at = 0, turn = 0; at < lines.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield lines.slice(at, at + size).map(lying);
    at += size;
  }
}

/** What a grouper gives between these bounds, as plain values. */
async function collect(grouper: Grouper, bounds: readonly (string | null)[]) {
  const found: [key: string, ...rows: string[][]][][] = [];
  for (const bound of bounds) {
    const batch: (typeof found)[number] = [];
    for await (const chunk of grouper.until(bound))
      for (const group of chunk) {
        batch.push([textOf('uuid', group.key), ...group.rows.map((rows) => [...rows].map(rowText))]);
        for (const rows of group.rows) expect(rows.first).toEqual([...rows][0]);
        expect(group.rows.map((rows) => rows.count)).toEqual(group.rows.map((rows) => [...rows].length));
        closeGroup(group);
      }
    found.push(batch);
  }
  return found;
}

test('any streams, cut into any pieces and read up to any bounds, give the groups of their keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(source, cuts), { minLength: 1, maxLength: 3 }),
      fc.array(
        fc.oneof(
          key,
          fc.constantFrom(
            numbered(0),
            '50000000-0000-0000-0000-000000000000',
            'ffffffff-ffff-ffff-ffff-ffffffffffff',
          ),
        ),
      ),
      async (sources, ends) => {
        const grouper = new Grouper(sources.map(([lines, sizes]) => pieces(lines, sizes)));
        const bounds = [...ends.sort(), null];
        const batches = await collect(grouper, bounds);

        const all = new Set(sources.flatMap(([lines]) => lines.map(keyOf)));
        const expected = [...all]
          .sort()
          .map((one) => [
            one,
            ...sources.map(([lines]) => lines.filter((candidate) => keyOf(candidate) === one)),
          ]);
        expect(batches.flat()).toEqual(expected);
        // And each batch has just those below its bound.
        batches.forEach((batch, index) => {
          const [from, to] = [bounds[index - 1] ?? '', bounds[index] ?? null];
          for (const [one] of batch) expect(one >= from && (to === null || one < to)).toBe(true);
        });
        expect(grouper.ended).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('rows out of order are an error, wherever the stream is cut', async () => {
  const [first = '', second = ''] = [KEYS[1], KEYS[0]];
  for (const sizes of [[2], [1], [0, 1, 0]]) {
    const grouper = new Grouper([pieces([row(first, 'a'), row(second, 'b')], sizes)]);
    await expect(collect(grouper, [null])).rejects.toThrow(`out of order: ${second} after ${first}`);
  }
});

test('an error of a stream comes through', async () => {
  async function* failing(): AsyncGenerator<RowBytes[]> {
    yield [lying(row(numbered(0), 'a'))];
    throw new Error('the connection broke');
  }
  await expect(collect(new Grouper([failing()]), [null])).rejects.toThrow('the connection broke');
});

test('many small groups come in chunks', async () => {
  const lines = Array.from({ length: 2000 }, (_, n) => row(numbered(n), 'x'));
  const sizes: number[] = [];
  for await (const chunk of new Grouper([pieces(lines, [700])]).until(null)) sizes.push(chunk.length);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(2000);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThan(2000);
});

test('a key with very many rows goes to a file without a name, and is complete', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'group-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  vi.stubEnv('TMPDIR', directory);
  const [first = '', second = '', third = ''] = KEYS;
  const many = Array.from({ length: 12_000 }, (_, n) => row(second, String(n).padStart(1000, '.')));
  const lines = [row(first, 'a'), ...many, row(third, 'b')];
  const grouper = new Grouper([pieces(lines, [997]), pieces([row(second, 'other')], [1])]);
  const groups: Group[] = [];
  for await (const chunk of grouper.until(null)) groups.push(...chunk);
  expect(groups.map((group) => textOf('uuid', group.key))).toEqual(KEYS.slice(0, 3));
  const [rows, other] = groups[1]?.rows ?? [];
  expect(rows?.count).toBe(12_000);
  for (let pass = 0; pass < 2; pass += 1) {
    let at = 0;
    for (const one of rows ?? []) if (rowText(one) === many[at]) at += 1;
    expect(at).toBe(12_000);
  }
  expect([...(other ?? [])].map(rowText)).toEqual([row(second, 'other')]);
  // The rows are in a file of that folder that has no name any more.
  expect(readdirSync(directory)).toEqual([]);
  if (process.platform === 'linux') expect(openFilesIn(directory)).toHaveLength(1);
  for (const group of groups) closeGroup(group);
  expect([...(rows ?? [])]).toEqual([]);
  if (process.platform === 'linux') expect(openFilesIn(directory)).toEqual([]);
});

test('closing ends the streams that were not read to their end', async () => {
  let ended = 0;
  async function* endless(): AsyncGenerator<RowBytes[]> {
    try {
      for (let n = 0; ; n += 1) yield [lying(row(numbered(n), 'x'))];
    } finally {
      ended += 1;
    }
  }
  const grouper = new Grouper([endless(), endless()]);
  await collect(grouper, [numbered(3)]);
  expect(grouper.ended).toBe(false);
  await grouper.close();
  expect(ended).toBe(2);
  expect(grouper.ended).toBe(true);
});

/** Files of a folder that this process holds open, deleted ones included. */
function openFilesIn(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(directory) ? [target] : [];
    } catch {
      // The descriptor that listed the folder is closed by now.
      return [];
    }
  });
}
