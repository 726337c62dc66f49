import { beforeAll, expect, test } from 'vitest';
import { withCleanup } from '../../src/db/cleanup.js';
import { connector } from '../../src/db/connect.js';
import { asDrydockError } from '../../src/db/explain.js';
import { watchLocks } from '../../src/db/lock-watch.js';
import { withRetry } from '../../src/db/retry.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('locks');
  const client = await database.client();
  await client.query('create table public.t (id int)');
});

/** A transaction of an application that writes the table and does not end. */
async function writer() {
  const client = await database.client();
  await client.query(`set application_name = 'the writer'; begin; insert into public.t values (1)`);
  const { rows } = await client.query('select pg_backend_pid() as pid');
  return { pid: (rows[0] as { readonly pid: number }).pid, end: () => client.query('rollback') };
}

const named = (pid: number) =>
  new RegExp(
    `^Waiting for a lock: backend ${pid} \\("the writer", user ".+", idle in transaction, in a transaction since .+\\) holds public\\.t \\(RowExclusiveLock\\)\\.$`,
  );

test('a statement that waits for a lock: who holds it is named after three seconds', async () => {
  const { pid, end } = await writer();
  const said: { readonly message: string; readonly at: number }[] = [];
  await withCleanup(async (cleanup) => {
    const connect = connector(database.url);
    const start = performance.now();
    watchLocks(connect, (message) => said.push({ message, at: performance.now() - start }), cleanup);
    const session = await connect.open(cleanup);
    const error = await session
      .transaction(() => session.execute('lock table public.t'))
      .catch((reason: unknown) => reason);
    expect(asDrydockError(error, '')).toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`backend ${pid} `),
    });
  });
  await end();
  expect(said.map(({ message }) => message)).toEqual([expect.stringMatching(named(pid))]);
  expect(said[0]?.at).toBeGreaterThan(2_900);
});

test('one that gives up and comes again is the same wait', async () => {
  const { pid, end } = await writer();
  const said: string[] = [];
  await withCleanup(async (cleanup) => {
    const connect = connector(database.url);
    watchLocks(
      connect,
      (message) => {
        said.push(message);
        void end();
      },
      cleanup,
    );
    const session = await connect.open(cleanup);
    await withRetry(() =>
      session.transaction(() => session.execute(`set local lock_timeout = '400ms'; lock table public.t`)),
    );
  });
  expect(said).toEqual([expect.stringMatching(named(pid))]);
});

test('a short wait is nobody’s business, and one session of ours that waits for another is not named', async () => {
  const { end } = await writer();
  const said: string[] = [];
  await withCleanup(async (cleanup) => {
    const connect = connector(database.url);
    watchLocks(connect, (message) => said.push(message), cleanup);
    const [one, other] = [await connect.open(cleanup), await connect.open(cleanup)];
    setTimeout(() => void end(), 1_000);
    await one.begin();
    await one.execute('lock table public.t');
    await other.execute(`set lock_timeout = '4s'`);
    await other.transaction(() => other.execute('lock table public.t')).catch(() => undefined);
    await one.rollback();
  });
  expect(said).toEqual([]);
});
