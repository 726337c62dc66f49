import { expect, test } from 'vitest';
import { cutover, sync } from '../../src/index.js';
import { lockState } from '../../src/ledger/phases.js';
import { inHarbour } from '../cutover/at-sea.js';
import type { TestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { eventually } from '../support/traces.js';

const PHASE = 'opportunities';
const PATIENCE_MS = 30_000;

/** A command that was killed when its COMMIT was on its way: its operator's lock is free, its transaction is not over. */
async function dyingCommand(database: TestDatabase, state: string): Promise<{ commit(): Promise<void> }> {
  const session = await openSession(database.url);
  const { id } = await session.one(`select id from drydock.phases where phase = '${PHASE}'`);
  await session.begin('read committed');
  await lockState(session, Number(id));
  await session.execute(`update drydock.phases set state = '${state}' where id = ${id}`);
  return { commit: () => session.commit() };
}

async function isWaitedFor(database: TestDatabase): Promise<boolean> {
  const { rows } = await database.query(
    `select from pg_locks l join pg_database d on d.oid = l.database
     where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
  );
  return rows.length > 0;
}

test('a command waits for the COMMIT of one that was killed, and works with what it left', async () => {
  const database = await inHarbour('B');
  const last = await dyingCommand(database, 'completed');
  const report = sync({ databaseUrl: database.url, phases: [PHASE] });
  report.catch(() => undefined);
  await eventually('it is waited for', () => isWaitedFor(database), PATIENCE_MS);
  await last.commit();
  await expect(report).rejects.toThrow(`Phase ${PHASE} is completed`);
});

test('what a cutover found before it had the lock is looked at again', async () => {
  const database = await inHarbour('B');
  const last = await dyingCommand(database, 'different');
  const report = cutover({ databaseUrl: database.url, phases: [PHASE], noBackup: true });
  report.catch(() => undefined);
  await eventually('it is waited for', () => isWaitedFor(database), PATIENCE_MS);
  await last.commit();
  const { phases } = await report;
  expect(phases).toMatchObject([{ phase: PHASE, state: 'different', outcome: 'refused' }]);
});

test('a follower waits for it as well, before it touches tables that may be about to change their names', async () => {
  const database = await inHarbour('B');
  const last = await dyingCommand(database, 'completed');
  await database.query(`update public.opportunities set app_name = 'after'`);
  const controller = new AbortController();
  const report = sync({
    databaseUrl: database.url,
    phases: [PHASE],
    follow: true,
    intervalSeconds: 0.05,
    signal: controller.signal,
  });
  report.catch(() => undefined);
  await eventually('it is waited for', () => isWaitedFor(database), PATIENCE_MS);
  await last.commit();
  await expect(report).rejects.toThrow(`Phase ${PHASE} is completed`);
  controller.abort();
});
