import pg from 'pg';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Cleanup } from '../../src/db/cleanup.js';
import { connector } from '../../src/db/connect.js';
import { StatementProxy } from '../faults/proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { needsPgbouncer, type PoolMode, pgbouncer } from '../support/pgbouncer.js';
import { type PoolerOptions, poolerBefore } from '../support/pooler.js';
import { openSession } from '../support/session.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('pooler');
  await database.query(`alter database ${database.name} set search_path = app`);
});

/** What the clients after us find: the settings of every backend that the pooler hands out, each held meanwhile. */
async function leftBehind(url: string, backends = 3): Promise<unknown[]> {
  const clients = Array.from({ length: backends }, () => new pg.Client({ connectionString: url }));
  const found: unknown[] = [];
  for (const client of clients) {
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client
      .query(
        `begin; select current_setting('search_path') as path, current_setting('row_security') as rls, current_setting('lock_timeout') as wait,
         coalesce(current_setting('drydock.own_writes', true), '') as own,
         (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks`,
      )
      .then((results) => (results as unknown as pg.QueryResult[])[1] as pg.QueryResult);
    found.push(rows[0]);
  }
  for (const client of clients) await client.end();
  return found;
}

const UNTOUCHED = { path: 'app', rls: 'on', wait: '0', own: '', locks: 0 };

const SHARED: readonly (readonly [string, PoolerOptions])[] = [
  ['the backend given back last', { mode: 'transaction' }],
  ['the backend given back last, of several', { mode: 'transaction', warm: 3 }],
  ['the backend that waited longest', { mode: 'transaction', order: 'first', warm: 2 }],
  ['the backend that waited longest, of several', { mode: 'transaction', order: 'first', warm: 3 }],
  ['the backend that waited longest, of many', { mode: 'transaction', order: 'first', warm: 20, size: 20 }],
  ['one backend for all', { mode: 'transaction', size: 1 }],
];

describe('behind a pooler that shares backends by transaction', () => {
  test.each(SHARED)('%s: refused, and nothing is set', async (_, options) => {
    const { url } = await poolerBefore(database.url, options);
    await expect(openSession(url)).rejects.toMatchObject({ code: 'transaction-pooler' });
    const found = await leftBehind(url, options.size ?? 3);
    expect(found).toEqual(found.map(() => UNTOUCHED));
  });

  test('a true process id at the login does not hide it from the second session', async () => {
    const { url } = await poolerBefore(database.url, { mode: 'transaction', warm: 1, key: 'forwarded' });
    const cleanup = new Cleanup();
    onTestFinished(() => cleanup.unwind());
    const connect = connector(url);
    await connect.open(cleanup);
    await expect(connect.open(cleanup)).rejects.toMatchObject({ code: 'single-session' });
  });

  test.each<PoolMode>(['transaction', 'statement'])('PgBouncer, mode %s', async (mode) => {
    needsPgbouncer();
    const url = await pgbouncer(database.url, mode);
    await expect(openSession(url)).rejects.toMatchObject({
      code: mode === 'transaction' ? 'transaction-pooler' : 'unknown-pooler',
    });
    expect(await leftBehind(url, 2).catch((error: Error) => error.message)).toEqual(
      mode === 'transaction'
        ? [UNTOUCHED, UNTOUCHED]
        : expect.stringContaining('transaction blocks not allowed'),
    );
  });
});

describe('behind a pooler that keeps a backend for each session', () => {
  test('it works, and leaves the backends as they were', async () => {
    const { url, pids } = await poolerBefore(database.url, { mode: 'session' });
    const cleanup = new Cleanup();
    const connect = connector(url);
    const [one, two] = [await connect.open(cleanup), await connect.open(cleanup)];
    expect(
      await one.one(`select current_setting('search_path') as path, current_setting('row_security') as rls`),
    ).toEqual({
      path: 'pg_catalog, pg_temp',
      rls: 'off',
    });
    expect(pids()).toContain(await one.backendPid());
    expect(one.backend).not.toBe(two.backend);
    await one.execute('select pg_advisory_lock(1)');
    await cleanup.unwind();
    expect(await leftBehind(url)).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED]);
  });

  test('what cancels and what ends a backend names the real one', async () => {
    const { url } = await poolerBefore(database.url, { mode: 'session' });
    const cleanup = new Cleanup();
    onTestFinished(() => cleanup.unwind());
    const connect = connector(url);
    const session = await connect.open(cleanup);
    let ended = false;
    const asleep = session
      .execute('select pg_sleep(60)')
      .catch((error: unknown) => error)
      .finally(() => {
        ended = true;
      });
    // Before the statement is at work there is nothing to cancel.
    while (!ended) await connect.cancel([session.backend]);
    expect(await asleep).toMatchObject({ code: '57014' });
  });

  test('a pool of one connection is named, and not waited for', async () => {
    const { url } = await poolerBefore(database.url, { mode: 'session', size: 1 });
    await expect(openSession(url)).rejects.toMatchObject({
      code: 'single-session',
      message: expect.stringContaining('no second connection'),
    });
  });

  test('PgBouncer: it works; and without room for a second session it says so', async () => {
    needsPgbouncer();
    const url = await pgbouncer(database.url, 'session', { server_reset_query: '' });
    const cleanup = new Cleanup();
    const connect = connector(url);
    await connect.open(cleanup);
    await connect.open(cleanup);
    await cleanup.unwind();
    expect(await leftBehind(url)).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED]);
    const narrow = await pgbouncer(database.url, 'session', { default_pool_size: 1 });
    await expect(openSession(narrow)).rejects.toMatchObject({ code: 'single-session' });
  });
});

describe('a direct connection', () => {
  test('costs one statement to be looked at and pinned', async () => {
    const texts: string[] = [];
    const proxy = await StatementProxy.open(database.url, ({ text }, position) => {
      if (position === 'before') texts.push(text);
    });
    onTestFinished(() => proxy.close());
    await openSession(proxy.url);
    expect(texts).toEqual([expect.stringMatching(/^select pg_catalog\.pg_backend_pid/)]);
  });

  test('writes of ours are marked in transactions that may write, and nowhere else', async () => {
    const session = await openSession(database.url);
    const own = async () =>
      (await session.one(`select coalesce(current_setting('drydock.own_writes', true), '') as own`)).own;
    expect(await own()).toBe('');
    expect(await session.transaction(own)).toBe('on');
    expect(await own()).toBe('');
    await session.begin('repeatable read', 'read only');
    expect(await own()).toBe('');
    await session.rollback();
  });
});
