import { expect, onTestFinished, test } from 'vitest';
import { mixtureOf, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { StoppedError, verify } from '../../src/index.js';
import { ended, start } from '../cli/process.js';
import type { Connection } from '../faults/connection.js';
import { StatementProxy } from '../faults/proxy.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { prepared, tableHashes } from '../support/prepared.js';
import { eventually, expectNoTraces } from '../support/traces.js';
import { rollback, run, status } from '../support/unifying.js';

const DATA = { mixture: mixtureOf({}), submissions: 300, oddShare: 0.1 };

/** Number of batches that the ledger says are loaded. */
async function loaded(database: TestDatabase): Promise<number> {
  const { phases } = await status({ databaseUrl: database.url });
  return phases.reduce((sum, phase) => sum + phase.batches.done, 0);
}

/** What an uninterrupted run makes of the same data. */
async function wholeHashes(): Promise<Record<string, string>> {
  return tableHashes(await prepared({ ...DATA, run: {} }));
}

test.each(['opportunities', 'assessments'] as const)(
  'a run that is told to stop in phase %s leaves whole batches and nothing else, and goes on',
  async (stopIn) => {
    const database = await prepared(DATA);
    const controller = new AbortController();
    let seen = 0;
    const stopped = run({
      databaseUrl: database.url,
      batchSize: 50,
      concurrency: 2,
      signal: controller.signal,
      onProgress(event) {
        if (event.type === 'batch' && event.phase === stopIn && ++seen === 3) controller.abort();
      },
    });
    const error = await stopped.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StoppedError);
    expect(error).toMatchObject({ code: 'stopped', exitStatus: 3 });
    await expectNoTraces(database);

    const { phases } = await status({ databaseUrl: database.url });
    const at = phases.find((phase) => phase.phase === stopIn);
    expect(at).toMatchObject({ state: 'loading', lastRun: { outcome: 'stopped' } });
    expect(at?.batches.done).toBeGreaterThanOrEqual(3);
    expect(at?.batches.done).toBeLessThan(at?.batches.total ?? 0);
    await expect(verify({ databaseUrl: database.url, phases: [stopIn] })).rejects.toMatchObject({
      code: 'not-loaded',
    });

    const done = await loaded(database);
    const report = await run({ databaseUrl: database.url });
    expect(report.outcome).toBe('done');
    expect(report.phases.reduce((sum, phase) => sum + phase.batches.alreadyDone, 0)).toBe(done);
    await expectEqual(await database.client(), pairsOf(DATA.mixture));
    expect(await tableHashes(database)).toEqual(await wholeHashes());
  },
);

test('a signal that came before the start stops it before anything is written', async () => {
  const database = await prepared(DATA);
  await expect(run({ databaseUrl: database.url, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
    StoppedError,
  );
  const { rows } = await database.query(`select from pg_namespace where nspname = 'drydock'`);
  expect(rows).toEqual([]);
});

test('kill -9 of the command leaves nothing that the next one would trip over', async () => {
  const database = await prepared(DATA);
  const child = start(['run', '--database-url', database.url, '--batch-size', '20', '--json']);
  const end = ended(child);
  await eventually('some batches are loaded', async () => (await loaded(database).catch(() => 0)) >= 5);
  child.kill('SIGKILL');
  await end;
  // At once, as an operator would: the dead one's backends may still be at it.
  const done = await loaded(database);
  const report = await run({ databaseUrl: database.url });
  expect(report.outcome).toBe('done');
  expect(report.phases[0]?.batches.alreadyDone).toBeGreaterThanOrEqual(5);
  expect(done).toBeLessThan(report.phases.reduce((sum, phase) => sum + phase.batches.total, 0));
  await expectNoTraces(database);
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
  expect(await tableHashes(database)).toEqual(await wholeHashes());
});

test('a round of sync is waited for, and that is told', async () => {
  const database = await prepared(DATA);
  const first = await database.client();
  await first.query(`set application_name = 'drydock sync all by me'`);
  await first.query(`select pg_advisory_lock(1146247492, hashtext('public'))`);
  const told: string[] = [];
  const report = run({
    databaseUrl: database.url,
    phases: ['opportunities'],
    onProgress: (event) => {
      if (event.type !== 'notice' || !event.message.startsWith('Waiting')) return;
      told.push(event.message);
      void first.query(`select pg_advisory_unlock(1146247492, hashtext('public'))`);
    },
  });
  expect(await report).toMatchObject({ outcome: 'done' });
  expect(told).toEqual([expect.stringContaining('for a round of drydock sync of all phases, by me')]);
});

test('while one run is at work a second one is refused, and so is a rollback', async () => {
  const database = await prepared({ ...DATA, mixture: SHAPE_B_DLT });
  // The lock that a run holds as long as it is at work.
  const first = await database.client();
  await first.query(`select pg_advisory_lock(1146247492, hashtext('public'))`);
  const refusals = [run, rollback].map((second) =>
    second({ databaseUrl: database.url }).catch((error: unknown) => error),
  );
  for (const refusal of await Promise.all(refusals))
    expect(refusal).toMatchObject({
      code: 'already-running',
      message: expect.stringContaining('at work on schema "public": Drydock, as database user '),
    });
  await first.end();
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
});

/** Loads two batches, and then has a row of them belong to the last one. */
async function loadedBeforeAMove(capture: boolean) {
  const database = await prepared(DATA);
  const options = { databaseUrl: database.url, phases: ['opportunities'], capture } as const;
  await run({ ...options, batchSize: 200, batches: { from: 1, to: 2 } });
  await database.query(
    `update public.opportunities set identified_from_submission_id = (select max(id::text)::uuid from public.submissions)
      where id = (select id from public.opportunities_unified where from_opportunities limit 1)`,
  );
  return { database, options };
}

test('a row that moves to another batch between two partial runs is noticed without capture', async () => {
  const { database, options } = await loadedBeforeAMove(false);
  await expect(run(options)).rejects.toMatchObject({ code: 'legacy-changed', exitStatus: 2 });
  await rollback({ databaseUrl: database.url });
  expect(await run(options)).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }] });
});

test('a row that moves to another batch between two partial runs is moved along with capture', async () => {
  const { database, options } = await loadedBeforeAMove(true);
  expect(await run(options)).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }] });
  await run({ databaseUrl: database.url });
  const moved = await tableHashes(database);
  await rollback({ databaseUrl: database.url });
  await run({ databaseUrl: database.url, capture: false });
  expect(await tableHashes(database)).toEqual(moved);
});

test.each(['indexes', 'verify'] as const)('told to stop at the step %s', async (step) => {
  const database = await prepared(DATA);
  const controller = new AbortController();
  const stopped = run({
    databaseUrl: database.url,
    signal: controller.signal,
    onProgress(event) {
      if (event.type === 'step' && event.step === step) controller.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'stopped' });
  await expectNoTraces(database);
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
});

test('what was verified is not called so while batches of it are replaced', async () => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  const controller = new AbortController();
  const again = run({
    databaseUrl: database.url,
    phases: ['opportunities'],
    keys: { from: '00000000-0000-0000-0000-000000000000' },
    signal: controller.signal,
    onProgress(event) {
      if (event.type === 'batch') controller.abort();
    },
  });
  await expect(again).rejects.toMatchObject({ code: 'stopped' });
  const states = async () => (await status({ databaseUrl: database.url })).phases.map(({ state }) => state);
  expect(await states()).toEqual(['loaded', 'verified']);
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'nothing-to-do' });
  expect(await states()).toEqual(['verified', 'verified']);
});

test('the lock of a predecessor that is just going is waited for', async () => {
  const database = await prepared(DATA);
  const predecessor = await database.client();
  await predecessor.query(`select pg_advisory_lock(1146247492, hashtext('public'))`);
  const gone = predecessor.query('select pg_sleep(0.5)').then(() => predecessor.end());
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  await gone;
});

test.each([
  ['tables', 'comment on table'],
  ['views', 'comment on view'],
])('%s that a killed predecessor commits only now are taken over', async (_what, made) => {
  const database = await prepared(DATA);
  const proxy = await StatementProxy.open(database.url, ({ text, connection }, position) => {
    if (position === 'before' && text.startsWith(made)) maker = connection;
    if (position !== 'before' || connection !== maker || !/^commit/.test(text)) return;
    // Held until the successor waits for it.
    connection.deliverLate(
      eventually('the successor waits', async () => {
        const { rows } = await database.query(
          'select from pg_stat_activity where $1::int = any (pg_blocking_pids(pid))',
          [connection.backend],
        );
        return rows.length > 0;
      }),
    );
    child.kill('SIGKILL');
  });
  onTestFinished(() => proxy.close());
  let maker: Connection | undefined;
  const child = start(['run', '--database-url', proxy.url]);
  await ended(child);
  expect(child.signalCode).toBe('SIGKILL');
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
});
