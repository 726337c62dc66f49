import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { Random } from '../../fixtures/random.js';
import type { Session } from '../../src/db/session.js';
import { copyLines } from '../../src/extract/copy-source.js';
import { StatementProxy } from '../faults/proxy.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('source')).url);
});

async function linesOf(query: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const list of copyLines(session, query)) lines.push(...list);
  return lines;
}

test('lines come whole, however the network cuts them', async () => {
  const lines = await linesOf(
    `select n, repeat('é' || chr(9) || chr(10) || chr(92), n * 500) from generate_series(0, 200) n order by n`,
  );
  expect(lines).toHaveLength(201);
  lines.forEach((line, n) => {
    expect(line).toBe(`${n}\t${'\xc3\xa9\\t\\n\\\\'.repeat(n * 500)}`);
  });
});

test('a table without rows, and rows without text, are what they are', async () => {
  expect(await linesOf('select 1 where false')).toEqual([]);
  expect(await linesOf(`select v from (values (''), (null), ('\\N')) t (v)`)).toEqual(['', '\\N', '\\\\N']);
});

test('an error half-way is an error, and the session lives on', async () => {
  const seen: string[] = [];
  const reading = (async () => {
    for await (const list of copyLines(session, 'select 1 / (50000 - n) from generate_series(1, 60000) n'))
      seen.push(...list);
  })();
  await expect(reading).rejects.toThrow('division by zero');
  expect(await linesOf('select 1')).toEqual(['1']);
});

test('a connection that breaks half-way is an error', async () => {
  const other = await openSession((await createTestDatabase('broken')).url);
  const pid = await other.backendPid();
  const reading = (async () => {
    let first = true;
    for await (const _ of copyLines(
      other,
      'select repeat(md5(n::text), 30) from generate_series(1, 2000000) n',
    )) {
      if (first) await session.query('select pg_terminate_backend($1::int)', [pid]);
      first = false;
    }
  })();
  await expect(reading).rejects.toThrow();
});

test('the count is compared when the server has told it, however late that is', async () => {
  const { url } = await createTestDatabase('late');
  // The server's last words, one message at a time: the end of the data, and only then the count.
  const proxy = await StatementProxy.open(url, () => undefined, new Random().reset(1, 1));
  onTestFinished(() => proxy.close());
  const other = await openSession(proxy.url);
  for (let round = 0; round < 20; round += 1) {
    const lists: string[][] = [];
    for await (const list of copyLines(other, 'select n from generate_series(1, 3) n')) lists.push(list);
    expect(lists.flat()).toEqual(['1', '2', '3']);
  }
});
