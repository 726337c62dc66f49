import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { pause, type RunOptions, type RunReport, resume, throttle } from '../../src/index.js';
import type { ProgressEvent } from '../../src/reports/progress.js';
import { ended, start } from '../cli/process.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { prepared, tableHashes } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { eventually, expectNoTraces } from '../support/traces.js';
import { rollback, run, status } from '../support/unifying.js';

const DATA = { mixture: mixtureOf({}), submissions: 300, oddShare: 0 };
/** Slow enough to be still at work whenever a loaded machine gets to giving it an order. */
const SLOW = { batchSize: 20, maxRate: 40 };

const PATIENCE_MS = 30_000;

/** Number of batches that are loaded, over all phases. */
async function loaded({ query }: TestDatabase): Promise<number> {
  const { rows } = await query<{ n: string }>(
    `select count(*) as n from drydock.batches where status = 'done'`,
  );
  return Number(rows[0]?.n);
}

async function running(database: TestDatabase) {
  return (await status({ databaseUrl: database.url })).running;
}

/** A run that goes on beside the test; its promise is safe to await late. */
function begin(database: TestDatabase, options: Partial<RunOptions>) {
  const events: ProgressEvent[] = [];
  const controller = new AbortController();
  const report = run({
    databaseUrl: database.url,
    signal: controller.signal,
    onProgress: (event) => void events.push(event),
    ...options,
  });
  report.catch(() => undefined);
  return { report, events, controller };
}

/** Until the run has loaded some batches. */
async function under(database: TestDatabase, batches = 2): Promise<void> {
  await eventually(
    'some batches are loaded',
    async () => {
      const { rows } = await database.query(`select from pg_namespace where nspname = 'drydock'`);
      return rows.length > 0 && (await loaded(database)) >= batches;
    },
    PATIENCE_MS,
  );
}

async function halted(database: TestDatabase): Promise<void> {
  await eventually(
    'it stands still',
    async () => (await running(database))?.paused?.halted === true,
    PATIENCE_MS,
  );
}

function rowsRead({ phases }: RunReport): number {
  return phases.reduce((sum, phase) => sum + phase.rowsRead, 0);
}

test('a rate is kept over all lanes, and what is loaded is the same', async () => {
  const database = await prepared(DATA);
  const options = { databaseUrl: database.url, phases: ['opportunities'], batchSize: 50 } as const;
  const maxRate = 300;
  const report = await run({ ...options, concurrency: 2, maxRate });
  const seconds = report.phases[0]?.seconds;
  // The last batch is not waited for, and one is as large as fifty rows and a key.
  expect(seconds?.load).toBeGreaterThan((rowsRead(report) - 100) / maxRate);
  expect(seconds?.held).toBeGreaterThan(0);
  expect(seconds?.held).toBeLessThanOrEqual(seconds?.load ?? 0);
  expect(report.outcome).toBe('done');
  await run({ databaseUrl: database.url });
  expect(await tableHashes(database)).toEqual(await tableHashes(await prepared({ ...DATA, run: {} })));
});

test('a paused run loads nothing and holds nothing until it may go on', async () => {
  const database = await prepared(DATA);
  const { report, events } = begin(database, SLOW);
  await under(database);
  const order = await pause({ databaseUrl: database.url });
  expect(order).toMatchObject({ order: 'pause', changed: true, run: { command: 'run', maxRate: 40 } });
  expect(order.run.paused?.by).toMatch(/@.* \(process \d+\) as /);
  await halted(database);

  const before = await loaded(database);
  const { rows } = await database.query(
    `select from pg_stat_activity where datname = current_database() and application_name ~ '^drydock( run|$)'
       and (xact_start is not null or backend_xmin is not null)`,
  );
  expect(rows).toEqual([]);
  expect(await pause({ databaseUrl: database.url })).toMatchObject({ changed: false });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await loaded(database)).toBe(before);
  expect((await status({ databaseUrl: database.url })).lastEvent).toMatchObject({ kind: 'paused' });

  expect(await resume({ databaseUrl: database.url })).toMatchObject({ changed: true, run: { paused: null } });
  expect(await resume({ databaseUrl: database.url })).toMatchObject({ changed: false });
  await throttle({ databaseUrl: database.url, maxRate: null });
  expect(await report).toMatchObject({ outcome: 'done' });
  const orders = events.flatMap((event) => (event.type === 'order' ? [event.order] : []));
  expect(orders.slice(0, 2)).toEqual(['paused', 'resumed']);
  await expectNoTraces(database);
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
  expect(await tableHashes(database)).toEqual(await tableHashes(await prepared({ ...DATA, run: {} })));
});

test('a run at work takes another rate, and none', async () => {
  const database = await prepared(DATA);
  // At this rate the first batch alone would keep it for an hour.
  const { report, events } = begin(database, { batchSize: 50, maxRate: 1 });
  await under(database, 1);
  const slower = await throttle({ databaseUrl: database.url, maxRate: 2 });
  expect(slower).toMatchObject({ order: 'throttle', changed: true, run: { maxRate: 2 } });
  expect(await throttle({ databaseUrl: database.url, maxRate: 2 })).toMatchObject({ changed: false });
  await eventually('the run follows', async () => events.some(({ type }) => type === 'order'), PATIENCE_MS);
  expect(await throttle({ databaseUrl: database.url, maxRate: null })).toMatchObject({
    run: { maxRate: null },
  });
  expect(await report).toMatchObject({ outcome: 'done' });
  expect(events.flatMap((event) => (event.type === 'order' ? [event.maxRate] : []))).toEqual([2, null]);
  const { rows } = await database.query<{ entry: string }>(
    `select concat_ws(' ', phase, kind, detail) as entry from drydock.events where kind <> 'captured' order by id`,
  );
  expect(rows.map(({ entry }) => entry)).toEqual([
    'opportunities started',
    'throttled 2 rows/s',
    'throttled no limit',
    'opportunities finished verified',
    'assessments started',
    'assessments finished verified',
  ]);
});

test('a paused run that is stopped or killed leaves no pause behind', async () => {
  const database = await prepared(DATA);
  const { report, controller } = begin(database, SLOW);
  await under(database);
  await pause({ databaseUrl: database.url });
  await halted(database);
  controller.abort();
  await expect(report).rejects.toMatchObject({ code: 'stopped', exitStatus: 3 });
  expect(await status({ databaseUrl: database.url })).toMatchObject({
    running: null,
    lastEvent: { kind: 'stopped' },
  });
  await expect(resume({ databaseUrl: database.url })).rejects.toMatchObject({ code: 'nothing-runs' });

  const child = start(['run', '--database-url', database.url, '--max-rate', '40', '--json']);
  const end = ended(child);
  await eventually(
    'it takes orders',
    () =>
      pause({ databaseUrl: database.url }).then(
        () => true,
        () => false,
      ),
    PATIENCE_MS,
  );
  await halted(database);
  child.kill('SIGKILL');
  await end;
  await eventually('its lock is gone', async () => (await running(database)) === null);
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
});

test('Ctrl-C ends a paused command cleanly, and the same command goes on', async () => {
  const database = await prepared(DATA);
  const command = ['run', '--database-url', database.url, '--batch-size', '20'];
  const child = start([...command, '--max-rate', '40']);
  const end = ended(child);
  await under(database);
  await pause({ databaseUrl: database.url });
  await halted(database);
  child.kill('SIGINT');
  const { status: exit, stderr } = await end;
  expect(exit).toBe(130);
  expect(stderr).toMatch(/opportunities: paused by .*; drydock resume lets it go on/);
  expect(stderr).toMatch(/Stopped before the work was done/);
  await expectNoTraces(database);
  expect((await ended(start(command))).status).toBe(0);
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
});

test('an order without a run at work is refused, and surprises no later run', async () => {
  const database = await prepared(DATA);
  const target = { databaseUrl: database.url };
  for (const order of [pause, resume, () => throttle({ ...target, maxRate: 5 })]) {
    await expect(order(target)).rejects.toMatchObject({
      code: 'nothing-runs',
      message: expect.stringMatching(/there is no ledger/),
    });
  }
  await run({ ...target, phases: ['opportunities'] });
  await expect(pause(target)).rejects.toMatchObject({ code: 'nothing-runs', exitStatus: 2 });
  await expect(throttle({ ...target, maxRate: 0 })).rejects.toMatchObject({ code: 'bad-option' });
  expect(await run(target)).toMatchObject({ outcome: 'done' });
  // The same database, another schema: not that run's.
  expect(await running(database)).toBeNull();
});

test('a second operator is told what is done, by whom, since when', async () => {
  const database = await prepared(DATA);
  const { report, controller } = begin(database, { ...SLOW, phases: ['opportunities'] });
  await under(database);
  const message =
    /at work on schema "public": drydock run of phase opportunities, by .+@.+ \(process \d+\), as database user ".+" from .+ \(backend \d+\), since \d{4}-\d\d-\d\d /;
  for (const second of [run, rollback]) {
    await expect(second({ databaseUrl: database.url })).rejects.toMatchObject({
      code: 'already-running',
      message: expect.stringMatching(message),
      exitStatus: 2,
    });
  }
  expect(await running(database)).toMatchObject({ command: 'run', phases: ['opportunities'], paused: null });
  controller.abort();
  await expect(report).rejects.toMatchObject({ code: 'stopped' });
});

test('a table that is altered while the run is paused stops it, with the difference', async () => {
  const database = await prepared(DATA);
  const { report } = begin(database, SLOW);
  await under(database);
  await pause({ databaseUrl: database.url });
  await halted(database);
  // Nothing of the run is in its way.
  await database.query(`set lock_timeout = '2s'; alter table public.workflow_results add column tokens int`);
  await resume({ databaseUrl: database.url });
  await expect(report).rejects.toMatchObject({
    code: 'configuration-changed',
    message: expect.stringMatching(
      /altered while phase opportunities was loaded: column workflow_results\.tokens was not there, now integer/,
    ),
  });
  await database.query('alter table public.workflow_results drop column tokens');
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
});

test('a nice run gives way to a session that waits for its locks', async () => {
  const database = await prepared(DATA);
  const { report } = begin(database, { batchSize: 20, maxRate: 40, nice: true });
  await under(database);
  // At this rate the snapshot of the run, and with it its locks, would last for half a minute.
  await database.query(
    `begin; set local lock_timeout = '20s'; lock table public.opportunities in access exclusive mode; commit`,
  );
  await throttle({ databaseUrl: database.url, maxRate: null });
  const { outcome, warnings } = await report;
  expect(outcome).toBe('done');
  expect(warnings.join()).not.toContain('pg_read_all_stats');
});

test('a nice run rests while others are at work', async () => {
  const database = await prepared(DATA);
  const busy = await database.client();
  const work = busy.query('select count(*) from generate_series(1, 1000000000)').catch(() => undefined);
  const report = await run({ databaseUrl: database.url, batchSize: 100, nice: true });
  await database.query(`select pg_cancel_backend(pid) from pg_stat_activity
    where datname = current_database() and query like '%generate_series(1, 1000000000)' and state = 'active'`);
  await work;
  expect(report.outcome).toBe('done');
  expect(report.phases[0]?.seconds.held).toBeGreaterThan(0.02);
});

test('a nice run of a user who does not see the others says so', async () => {
  const database = await prepared(DATA);
  const role = await createRole(database);
  await database.query(`grant create on database "${database.name}" to ${role.name};
    grant create on schema public to ${role.name}; grant select on all tables in schema public to ${role.name};
    grant references on public.submissions to ${role.name}`);
  const report = await run({ databaseUrl: role.url, nice: true });
  expect(report.warnings.join()).toContain('without the role pg_read_all_stats');
});
