import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Random } from '../../fixtures/random.js';
import { rowText } from '../../src/copy-binary/framing.js';
import type { Session } from '../../src/db/session.js';
import { copyRowsOf } from '../../src/extract/copy-source.js';
import { StatementProxy } from '../faults/proxy.js';
import { bytesOf, rowOf } from '../support/binary-rows.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('source')).url);
});

async function rowsOf(query: string, source: Pick<Session, 'copyOut'> = session): Promise<string[]> {
  const rows: string[] = [];
  for await (const list of copyRowsOf(source as Session, query)) rows.push(...list.map(rowText));
  return rows;
}

test('rows come whole, however the network cuts them', async () => {
  const rows = await rowsOf(
    `select n, repeat('é' || chr(9) || chr(10) || chr(92), n * 500) from generate_series(0, 200) n order by n`,
  );
  expect(rows).toHaveLength(201);
  rows.forEach((row, n) => {
    expect(row).toBe(rowOf([bytesOf('int4', String(n)), '\xc3\xa9\t\n\\'.repeat(n * 500)]));
  });
});

test('a table without rows, and rows without text, are what they are', async () => {
  expect(await rowsOf('select 1 where false')).toEqual([]);
  expect(await rowsOf(`select v from (values (''), (null), ('\\N')) t (v)`)).toEqual([
    rowOf(['']),
    rowOf([null]),
    rowOf(['\\N']),
  ]);
  expect(await rowsOf('select from generate_series(1, 3)')).toEqual(Array(3).fill(rowOf([])));
});

describe('a stream of the server that was spoilt', () => {
  /** The session, with what COPY sends changed on its way; the count of rows stays the server's. */
  const spoilt = (spoil: (bytes: Buffer) => Buffer): Pick<Session, 'copyOut'> => ({
    copyOut(text) {
      const real = session.copyOut(text);
      async function* changed() {
        const chunks: Buffer[] = [];
        for await (const chunk of real as AsyncIterable<Buffer>) chunks.push(chunk);
        yield spoil(Buffer.concat(chunks));
      }
      const stream = Readable.from(changed(), { objectMode: false });
      return Object.defineProperty(stream, 'rowCount', { get: () => real.rowCount }) as ReturnType<
        Session['copyOut']
      >;
    },
  });
  const query = `select n, 'text' from generate_series(1, 10) n`;

  test('is what it was when nothing is spoilt', async () => {
    expect(
      await rowsOf(
        query,
        spoilt((bytes) => bytes),
      ),
    ).toEqual(await rowsOf(query));
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['without its trailer', (bytes) => bytes.subarray(0, -2)],
    ['without half of its trailer', (bytes) => bytes.subarray(0, -1)],
    ['without its last row, cut in the middle', (bytes) => bytes.subarray(0, -10)],
    ['without its last row', (bytes) => Buffer.concat([bytes.subarray(0, -20), bytes.subarray(-2)])],
    ['with bytes behind the trailer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    ['that is empty', () => Buffer.alloc(0)],
    ['of a signature only', (bytes) => bytes.subarray(0, 19)],
    ['with a piece of the signature', (bytes) => bytes.subarray(0, 7)],
    ['with a row too many', (bytes) => Buffer.concat([bytes.subarray(0, -2), bytes.subarray(-20)])],
  ])('%s is an error', async (_what, spoil) => {
    await expect(rowsOf(query, spoilt(spoil))).rejects.toThrow('where the server counted 10');
  });

  test('that is no binary COPY is an error', async () => {
    const text = spoilt(() => Buffer.from('1\ttext\n2\ttext\n3\ttext\n4\ttext\n'));
    await expect(rowsOf(query, text)).rejects.toThrow('no binary COPY stream');
  });
});

test('an error half-way is an error, and the session lives on', async () => {
  const seen: string[] = [];
  const reading = (async () => {
    for await (const list of copyRowsOf(session, 'select 1 / (50000 - n) from generate_series(1, 60000) n'))
      seen.push(...list.map(rowText));
  })();
  await expect(reading).rejects.toThrow('division by zero');
  expect(await rowsOf('select 1')).toEqual([rowOf([bytesOf('int4', '1')])]);
});

test('a connection that breaks half-way is an error', async () => {
  const other = await openSession((await createTestDatabase('broken')).url);
  const pid = await other.backendPid();
  const reading = (async () => {
    let first = true;
    for await (const _ of copyRowsOf(
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
    const rows = await rowsOf('select n from generate_series(1, 3) n', other);
    expect(rows).toEqual(['1', '2', '3'].map((n) => rowOf([bytesOf('int4', n)])));
  }
});

test('rows that nobody came to read are given up, and the connection can be closed', async () => {
  const other = await openSession((await createTestDatabase('unread')).url);
  const rows = copyRowsOf(other, 'select repeat(md5(n::text), 30) from generate_series(1, 2000000) n');
  await rows.return(undefined);
  await other.close();
});

test('a query that fails before anybody reads it is an error for the one who then does', async () => {
  const rows = copyRowsOf(session, 'select 1 / (n - 1) from generate_series(1, 3) n');
  await sleep(100);
  await expect(rows.next()).rejects.toThrow('division by zero');
});

test('a connection that broke before anybody reads is an error for the one who then does', async () => {
  const other = await openSession((await createTestDatabase('gone')).url);
  const pid = await other.backendPid();
  await session.query('select pg_terminate_backend($1::int, 5000)', [pid]);
  await sleep(100);
  const rows = copyRowsOf(other, 'select 1');
  await sleep(100);
  await expect(rows.next()).rejects.toThrow(/terminat|not queryable/i);
});
