import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { type MonitorOptions, type MonitorReport, monitor } from '../../src/index.js';
import { DEFAULT_CONFIG } from '../../src/monitor/config.js';
import { CLOSED_URL, drydock, ended, start } from '../cli/process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { eventually } from '../support/traces.js';
import { receiver } from './receiver.js';

const DATA = { mixture: mixtureOf({}), submissions: 300, oddShare: 0 };

/** What the machine of the tests does is nothing to be told of. */
const CONFIG = {
  ...DEFAULT_CONFIG,
  thresholds: {
    ...DEFAULT_CONFIG.thresholds,
    cpuPercent: 1000,
    memoryPercent: 1000,
    diskPercent: 1000,
    connectionsPercent: 1000,
    queryWarningPercent: 1e9,
    queryCriticalPercent: 1e9,
  },
};

async function check(
  database: TestDatabase | string,
  options: Partial<MonitorOptions> = {},
): Promise<MonitorReport> {
  const databaseUrl = typeof database === 'string' ? database : database.url;
  for await (const report of monitor({ databaseUrl, config: CONFIG, checks: 1, ...options })) return report;
  throw new Error('no report');
}

async function file(name: string, content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-monitor-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), JSON.stringify(content));
  return join(folder, name);
}

/** A config file with these settings of the monitor. */
async function configFile(monitor: unknown): Promise<string> {
  const path = await file('drydock.config.mjs', {});
  await writeFile(path, `export default ${JSON.stringify({ monitor })}`);
  return path;
}

test('an untouched database: nothing has begun, and every figure of the server is there', async () => {
  const database = await createTestDatabase('monitor');
  const { sample, alerts, error } = await check(database);
  expect(sample).toMatchObject({
    schema: 'public',
    progress: { running: null, lastEvent: null, phases: [] },
    capture: null,
    locks: [],
    queries: [],
  });
  expect(sample?.connections?.used).toBeGreaterThan(0);
  expect(sample?.wal?.position).toBeGreaterThan(0);
  expect(sample?.wal?.directoryBytes).toBeGreaterThan(0);
  expect(sample?.disk?.databaseBytes).toBeGreaterThan(0);
  expect({ alerts, error }).toEqual({ alerts: [], error: null });
});

test('a migrated database: counts as the ledger has them, hashes, the state of every batch, timed queries', async () => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  await database.query(`update drydock.batches set rejected = 1 where phase_id = 1 and number = 2`);
  await database.query(`update drydock.batches set status = 'pending' where phase_id = 1 and number = 3`);
  const { sample, alerts } = await check(database, { batchMaps: true });
  const [first, second] = sample?.progress?.phases ?? [];
  const { rows } = await database.query<{ total: number; rows: number }>(
    `select count(*)::int as total, sum(rows_in)::int as rows from drydock.batches where phase_id = 1`,
  );
  const { total = 0, rows: rowsIn = 0 } = rows[0] ?? {};
  expect(first).toMatchObject({
    phase: 'opportunities',
    state: 'verified',
    batches: { total, done: total - 1, reopened: 1, size: 100 },
    rowsIn,
    run: { ended: 'finished', outcome: 'verified' },
    verification: { equal: true },
  });
  expect(second).toMatchObject({ phase: 'assessments', verification: { equal: true } });
  expect(first?.verification?.tables.every(({ legacy, unified }) => legacy.hash === unified.hash)).toBe(true);
  expect(sample?.progress?.maps[0]).toEqual({
    phase: 'opportunities',
    first: 1,
    marks: `#!r${'#'.repeat(total - 3)}`,
  });
  expect(sample?.queries?.map(({ name }) => name)).toContain('first 200 rows of opportunities_unified');
  expect(alerts.map(({ code }) => code)).toEqual(['rejects']);
});

test('a user without rights is told what is unknown, and why; with those that the page names it sees the progress', async () => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  const role = await createRole(database);
  const { sample, alerts } = await check(role.url);
  expect(sample).toMatchObject({ progress: null, capture: null });
  expect(sample?.connections?.used).toBeGreaterThan(0);
  expect(sample?.wal).toMatchObject({ directoryBytes: null });
  const figures = sample?.unknown.map(({ figure }) => figure) ?? [];
  for (const figure of ['progress', 'transactions', 'wal', 'disk'] as const)
    expect(figures).toContain(figure);
  expect(sample?.unknown.every(({ why, next }) => why !== '' && next !== '')).toBe(true);
  expect(alerts).toEqual([]);

  const grant = sample?.unknown.find(({ figure }) => figure === 'progress')?.next ?? '';
  await database.query(
    grant
      .replace(/^.*?: /, '')
      .replace(/\.$/, '')
      .replaceAll('<user>', role.name),
  );
  const granted = await check(role.url, { batchMaps: true });
  expect(new Set(granted.sample?.progress?.phases.map(({ state }) => state))).toEqual(new Set(['verified']));
  expect(granted.sample?.capture).toMatchObject({ backlog: 0 });
  const rejects = await database.query(
    `select has_table_privilege($1::text, 'drydock.rejects', 'select') as may`,
    [role.name.replaceAll('"', '')],
  );
  expect(rejects.rows).toEqual([{ may: false }]);
});

test('who waits for a lock, and who has it', async () => {
  const database = await createTestDatabase('monitor');
  await database.query('create table public.busy ()');
  const [holder, waiter] = [await database.client(), await database.client()];
  await holder.query('begin; lock table public.busy');
  const waiting = waiter.query('begin; lock table public.busy').catch((error: unknown) => error);
  await eventually(
    'it waits',
    async () => (await database.query('select from pg_locks where not granted')).rows.length > 0,
  );
  const thresholds = { ...CONFIG.thresholds, lockWaitSeconds: 0.001, transactionMinutes: 1e-5 };
  const { sample, alerts } = await check(database, { config: { ...CONFIG, thresholds } });
  const mine = sample?.locks?.find(({ object }) => object === 'public.busy');
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
  expect(mine).toMatchObject({
    mode: 'AccessExclusiveLock',
    heldBy: [{ pid: rows[0]?.pid, state: 'idle in transaction' }],
  });
  expect(sample?.transactions?.longest?.transactionSeconds).toBeGreaterThan(0);
  expect(alerts.map(({ code }) => code)).toEqual(expect.arrayContaining(['lock-wait', 'long-transaction']));
  await holder.query('rollback');
  await waiting;
});

test('the operator’s queries are timed in read-only transactions, one statement each; what fails is told', async () => {
  const database = await createTestDatabase('monitor');
  await database.query('create table public.t ()');
  const queries = [
    { name: 'good', sql: 'select 1' },
    { name: 'writes', sql: 'insert into public.t default values' },
    { name: 'two', sql: 'select 1; drop table public.t' },
    { name: 'slow', sql: 'select pg_catalog.pg_sleep(30)' },
  ];
  const { sample } = await check(database, { config: { ...CONFIG, queries } });
  expect(sample?.queries?.map(({ name }) => name)).toEqual(['good']);
  expect(sample?.unknown.filter(({ figure }) => figure === 'queries').map(({ next }) => next)).toEqual(
    ['writes', 'two', 'slow'].map((name) => `The query that failed: ${name}.`),
  );
  expect((await database.query('select from public.t')).rows).toEqual([]);
});

test('a connection that is lost is an alert, and the next check makes another', async () => {
  const database = await createTestDatabase('monitor');
  const told: string[] = [];
  for await (const report of monitor({
    databaseUrl: database.url,
    config: CONFIG,
    checks: 3,
    intervalSeconds: 0.1,
  })) {
    told.push(
      report.error?.code ?? 'ok',
      ...report.changes.map(({ change, alert }) => `${change} ${alert.code}`),
    );
    if (told.length > 1) continue;
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'drydock monitor' and datname = current_database()`,
    );
  }
  expect(told).toEqual(['ok', 'connection-lost', 'fired unreachable', 'ok', 'cleared unreachable']);
});

test('what was learnt and what stands is kept in the state file', async () => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  await database.query(`update drydock.phases set state = 'different' where phase <> 'enhancements'`);
  const stateFile = join(await file('x', {}), '..', 'state.json');
  const options = { stateFile };
  expect((await check(database, options)).changes.map(({ change }) => change)).toEqual(['fired', 'fired']);
  const again = await check(database, options);
  expect([again.changes, again.alerts.length]).toEqual([[], 2]);
  for (let n = 0; n < 3; n += 1) await check(database, options);
  const { sample } = await check(database, options);
  expect(sample?.queries?.every(({ baselineMs }) => baselineMs !== null && baselineMs > 0)).toBe(true);
});

test('the exit status: 0 when all is well, 1 when an alert stands, 2 when nothing could be checked', async () => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  const config = await configFile({ thresholds: CONFIG.thresholds });
  const run = (url: string, ...args: string[]) =>
    drydock(['monitor', '--config', config, ...args], { DATABASE_URL: url });
  const [well, closed] = await Promise.all([run(database.url), run(CLOSED_URL, '--json')]);
  expect(well).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('✔ none') });
  expect(closed.status).toBe(2);
  expect(JSON.parse(closed.stdout)).toMatchObject({ error: { code: 'cannot-connect' } });
  await database.query(`update drydock.phases set state = 'different' where phase = 'opportunities'`);
  const [drawn, json] = await Promise.all([run(database.url, '--alerts-only'), run(database.url, '--json')]);
  expect(drawn.status).toBe(1);
  expect(drawn.stdout.split('\n')[0]).toMatch(
    /✖ critical different: Verification found differences in phase opportunities/,
  );
  expect(json.status).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    alerts: [{ code: 'different', subject: 'opportunities' }],
  });
});

test('continuously: a document a line, alerts to the webhook, no secret anywhere, 143 on SIGTERM', async () => {
  const database = await createTestDatabase('monitor');
  const { url, received } = await receiver([500, 204]);
  const config = await configFile({
    thresholds: { ...CONFIG.thresholds, connectionsPercent: 1e-6 },
    webhook: { url },
  });
  const child = start(['monitor', '--continuous', '--interval', '1', '--json', '--config', config], {
    DATABASE_URL: database.url,
    DRYDOCK_WEBHOOK_SECRET: 'hidden-secret-7',
  });
  const end = ended(child);
  let lines = 0;
  child.stdout.on('data', (chunk: string) => {
    lines += chunk.split('\n').length - 1;
  });
  await eventually('two checks and a delivery', async () => lines >= 2 && received.length >= 2, 30_000);
  child.kill('SIGTERM');
  const { status, stdout, stderr } = await end;
  expect(status).toBe(143);
  const reports = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as MonitorReport);
  expect(reports.map(({ changes }) => changes.map(({ change }) => change))[0]).toEqual(['fired']);
  expect(reports.slice(1).flatMap(({ changes }) => changes)).toEqual([]);
  expect(received.map(({ body }) => JSON.parse(body).changes[0].alert.code)).toEqual([
    'connections',
    'connections',
  ]);
  expect(`${stdout}${stderr}`).not.toMatch(/hidden-secret-7|a-secret-path/);
});

test('beside a run at work: who it is, how fast it goes, and when it ends', async () => {
  const database = await prepared(DATA);
  const child = start(['run', '--batch-size', '20', '--max-rate', '40', '--json'], {
    DATABASE_URL: database.url,
  });
  const end = ended(child);
  await eventually(
    'batches are loaded',
    async () => {
      const { sample } = await check(database);
      return (sample?.progress?.phases[0]?.batches.done ?? 0) >= 2;
    },
    30_000,
  );
  const { sample, rates, alerts } = await check(database);
  expect(sample?.progress?.running).toMatchObject({ command: 'run', maxRate: 40 });
  expect(sample?.progress?.phases[0]).toMatchObject({ state: 'loading', run: { finishedAt: null } });
  expect(rates?.phases[0]?.rowsPerSecond).toBeGreaterThan(0);
  expect(rates?.phases[0]?.secondsLeft).toBeGreaterThan(0);
  expect(alerts).toEqual([]);
  child.kill('SIGKILL');
  await end;
  await eventually(
    'its backend is gone',
    async () => (await check(database)).sample?.progress?.running === null,
    20_000,
  );
  expect((await check(database)).alerts.map(({ code }) => code)).toEqual(['run-gone']);
});

test('changes that are captured and not applied: how many, for how long, and that nobody applies them', async () => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  expect((await check(database)).sample?.capture).toEqual({
    followed: false,
    backlog: 0,
    lagSeconds: null,
    silent: [],
  });
  await database.query(
    'delete from public.app_opportunities where id = (select min(id::text)::uuid from public.app_opportunities)',
  );
  const thresholds = { ...CONFIG.thresholds, lagSeconds: 1e-6 };
  const { sample, alerts } = await check(database, { config: { ...CONFIG, thresholds } });
  expect(sample?.capture).toMatchObject({ followed: false, backlog: 1 });
  expect(sample?.capture?.lagSeconds).toBeGreaterThan(0);
  expect(alerts).toMatchObject([{ code: 'lag', next: 'Nobody applies them: start drydock sync --follow.' }]);
  expect((await drydock(['sync'], { DATABASE_URL: database.url })).status).toBe(0);
  expect((await check(database)).sample?.capture?.backlog).toBe(0);
});

test.each([
  ['switched off', 'alter table public.opportunities disable trigger drydock_capture_update'],
  ['for some sessions only', 'alter table public.opportunities enable trigger drydock_capture_update'],
  ['dropped', 'drop trigger drydock_capture_update on public.opportunities'],
  ['dropped, for rows that move', 'drop trigger drydock_capture_moved on public.opportunities'],
  [
    'replaced',
    `create function public.nothing() returns trigger language plpgsql as 'begin return null; end';
     create or replace trigger drydock_capture_update after update on public.opportunities for each statement execute function public.nothing()`,
  ],
])('a capture trigger that is %s is an alert, until a run has put it back', async (_how, sql) => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  expect((await check(database)).alerts).toEqual([]);
  await database.query(sql);
  expect((await check(database)).alerts).toMatchObject([
    { code: 'capture-silent', subject: 'public.opportunities', severity: 'critical' },
  ]);
  expect((await drydock(['run'], { DATABASE_URL: database.url })).status).toBe(0);
  expect((await check(database)).alerts).toEqual([]);
});

test('a captured table that is gone is an alert by the name that it had', async () => {
  const database = await prepared({ ...DATA, run: { batchSize: 100 } });
  await database.query('drop table public.score_components cascade');
  expect((await check(database)).alerts).toMatchObject([
    { code: 'capture-silent', subject: 'score_components', severity: 'critical' },
  ]);
});

test('a slot that nobody reads keeps the log; a reader that told nothing yet is not called up to date', async () => {
  const database = await createTestDatabase('monitor_slot');
  const name = `drydock_${randomBytes(6).toString('hex')}`;
  const config = { ...CONFIG, thresholds: { ...CONFIG.thresholds, slotMegabytes: 0.01 } };
  await database.query(`select pg_create_physical_replication_slot('${name}', true)`);
  const reader = new pg.Client({
    connectionString: database.url,
    replication: 'true',
    application_name: name,
  } as pg.ClientConfig);
  reader.on('error', () => undefined);
  try {
    await database.query(`select pg_logical_emit_message(false, 'drydock', repeat('x', 200000))`);
    let unread = await check(database, { config });
    // The log is written a little later than it is made.
    await eventually('the slot keeps something', async () => {
      unread = await check(database, { config });
      return unread.alerts.some(({ subject }) => subject === name);
    });
    expect(unread.sample?.wal?.slots).toContainEqual(
      expect.objectContaining({ name, active: false, walStatus: 'reserved' }),
    );
    expect(unread.alerts.filter(({ subject }) => subject === name)).toMatchObject([
      { code: 'slot', next: expect.stringContaining('drop the slot') },
    ]);

    await reader.connect();
    const { rows } = await database.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn');
    void reader.query(`START_REPLICATION SLOT ${name} PHYSICAL ${rows[0]?.lsn}`).catch(() => undefined);
    let read = await check(database, { config });
    await eventually('the slot is read', async () => {
      read = await check(database, { config });
      return read.sample?.wal?.slots.some((slot) => slot.name === name && slot.active) === true;
    });
    expect(read.sample?.replicas).toContainEqual({ name, lagSeconds: null, lagBytes: null });
  } finally {
    reader.connection.stream.destroy();
    await eventually('the slot is free', () =>
      database.query(`select pg_drop_replication_slot('${name}')`).then(
        () => true,
        () => false,
      ),
    );
  }
});
