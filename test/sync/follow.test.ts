import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { pause, type SyncReport, sync } from '../../src/index.js';
import type { ProgressEvent } from '../../src/reports/progress.js';
import { ended, start } from '../cli/process.js';
import type { TestDatabase } from '../support/database.js';
import { inequalities } from '../support/legacy-pairs.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { prepared } from '../support/prepared.js';
import { eventually, expectNoTraces } from '../support/traces.js';
import { rollback, run, status } from '../support/unifying.js';

const mixture = mixtureOf({});
const UNIFIED = { mixture, submissions: 100, oddShare: 0, run: { batchSize: 150 } } as const;
const PATIENCE_MS = 30_000;

async function backlogIsZero(database: TestDatabase): Promise<boolean> {
  const { rows } = await database.query('select from drydock.changes limit 1');
  return rows.length === 0;
}

function following(database: TestDatabase) {
  const events: ProgressEvent[] = [];
  const controller = new AbortController();
  const report: Promise<SyncReport> = sync({
    databaseUrl: database.url,
    follow: true,
    intervalSeconds: 0.05,
    signal: controller.signal,
    onProgress: (event) => void events.push(event),
  });
  report.catch(() => undefined);
  return { report, events, controller };
}

test('what is written is applied soon, other commands get their turn, and a signal ends it', async () => {
  const database = await prepared(UNIFIED);
  const client = await database.client();
  const { report, controller } = following(database);
  await client.query(`update public.opportunities set app_name = 'first'`);
  await eventually('it is applied', () => backlogIsZero(database), PATIENCE_MS);
  expect(await inequalities(client, pairsOf(mixture))).toEqual([]);

  expect(await run({ databaseUrl: database.url, batches: { from: 1, to: 1 } })).toMatchObject({
    outcome: 'done',
  });
  await client.query('delete from public.score_components');
  await eventually('it goes on', () => backlogIsZero(database), PATIENCE_MS);
  await eventually(
    'it is in sync',
    async () => {
      const { phases } = await status({ databaseUrl: database.url });
      return phases.every(({ state, capture }) => state === 'in-sync' && capture?.backlog === 0);
    },
    PATIENCE_MS,
  );

  controller.abort();
  const { outcome, phases } = await report;
  expect(outcome).toBe('stopped');
  expect(phases.map(({ state, backlog }) => [state, backlog])).toEqual([
    ['in-sync', 0],
    ['in-sync', 0],
  ]);
  expect(phases[0]?.changes).toBeGreaterThan(0);
  await expectEqual(client, pairsOf(mixture));
  await expectNoTraces(database);
});

test('it waits for whoever has the lock, and tells who that is; it takes no orders', async () => {
  const database = await prepared({ mixture, submissions: 100, oddShare: 0 });
  await run({ databaseUrl: database.url, batchSize: 20 });
  const { report, events, controller } = following(database);
  await eventually(
    'it is at work',
    async () => (await status({ databaseUrl: database.url })).phases[0]?.state === 'in-sync',
    PATIENCE_MS,
  );
  const slow = run({ databaseUrl: database.url, batches: { from: 1, to: 6 }, maxRate: 60 });
  await eventually(
    'it waits',
    async () =>
      events.some((event) => event.type === 'notice' && /Waiting for drydock run .* by /.test(event.message)),
    PATIENCE_MS,
  );
  await slow;
  controller.abort();
  expect(await report).toMatchObject({ outcome: 'stopped' });
  await expect(pause({ databaseUrl: database.url })).rejects.toMatchObject({ code: 'nothing-runs' });
});

test('a backend that is killed is replaced, and nothing is lost or applied twice', async () => {
  const database = await prepared(UNIFIED);
  const client = await database.client();
  const { report, events, controller } = following(database);
  await client.query(`update public.opportunities set app_name = 'before'`);
  await eventually('it is applied', () => backlogIsZero(database), PATIENCE_MS);
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name ~ '^drydock( sync|$)'`,
  );
  await client.query(`update public.workflow_results set ai_insight = 'after'`);
  await eventually('it goes on', () => backlogIsZero(database), PATIENCE_MS);
  controller.abort();
  await report;
  const told = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
  expect(told).toEqual([
    'The connection was lost; trying again until the server is back.',
    'Connected again.',
  ]);
  await expectEqual(client, pairsOf(mixture));
});

test('the command: Ctrl-C ends it with 0, and the report says what was done', async () => {
  const database = await prepared(UNIFIED);
  const child = start(['sync', '--follow', '--interval', '0.05', '--json', '--database-url', database.url]);
  const end = ended(child);
  await database.query(`update public.opportunities set app_name = 'first'`);
  await eventually('it is applied', () => backlogIsZero(database), PATIENCE_MS);
  child.kill('SIGINT');
  const { status: exit, stdout } = await end;
  expect(exit).toBe(0);
  const report = JSON.parse(stdout) as SyncReport;
  expect(report.phases[0]?.changes).toBeGreaterThan(0);
  await rollback({ databaseUrl: database.url });
  await expect(sync({ databaseUrl: database.url })).rejects.toMatchObject({ code: 'not-loaded' });
});
