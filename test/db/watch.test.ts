import { expect, onTestFinished, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import { isConnectionLost } from '../../src/db/sqlstate.js';
import type { Position, Watcher } from '../faults/connection.js';
import { StatementProxy } from '../faults/proxy.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

/** A session over a proxy that does something at a statement. */
async function sessionOver(watch: Watcher): Promise<Session> {
  const database = await createTestDatabase('watch');
  const proxy = await StatementProxy.open(database.url, watch);
  onTestFinished(() => proxy.close());
  return openSession(proxy.url);
}

/** Stalls the connection at the statement that says so. */
function stallingAt(at: Position): Watcher {
  return ({ text, connection }, position) => {
    if (position === at && text.includes('stalls here')) connection.stall();
  };
}

async function givesUp(at: Position): Promise<void> {
  const session = await sessionOver(stallingAt(at));
  expect(await session.execute('select 1')).toBe(1);
  const error = await session.execute('/* stalls here */ select 1').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'ETIMEDOUT', message: expect.stringContaining('gone silent') });
  expect(isConnectionLost(error)).toBe(true);
  // Every statement after it fails for the same reason.
  await expect(session.execute('select 2')).rejects.toBe(error);
}

async function releasesLocks(): Promise<void> {
  const database = await createTestDatabase('watch');
  const proxy = await StatementProxy.open(database.url, stallingAt('answered'));
  onTestFinished(() => proxy.close());
  const session = await openSession(proxy.url);
  await session.begin();
  await session.execute('select pg_advisory_xact_lock(1)');
  await session.execute('/* stalls here */ select 1');
  await expect(session.commit()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  const { rows } = await database.query(`select pg_try_advisory_lock(1) as free`);
  expect(rows).toEqual([{ free: true }]);
}

async function waitsForWork(): Promise<void> {
  const session = await sessionOver(() => undefined);
  expect(await session.one(`select 'done' as end from pg_sleep(13)`)).toEqual({ end: 'done' });
}

async function waitsForReader(): Promise<void> {
  const session = await sessionOver(() => undefined);
  const stream = session.copyOut(`copy (select repeat('x', 1000) from generate_series(1, 2000)) to stdout`);
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 13_000));
    bytes += chunk.length;
  }
  expect([bytes, stream.rowCount]).toEqual([2_002_000, 2000]);
}

// Side by side: each of them waits for longer than the watch does.
test('a stalled connection is given up, and its locks go; a statement at work is waited for, and a slow reader too', async () => {
  await Promise.all([givesUp('before'), givesUp('sent'), releasesLocks(), waitsForWork(), waitsForReader()]);
});

test('a session whose connection has stalled can be closed', async () => {
  const session = await sessionOver(stallingAt('answered'));
  await session.execute('/* stalls here */ select 1');
  const start = performance.now();
  await session.close();
  expect(performance.now() - start).toBeLessThan(10_000);
});
