import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { mixtureOf, SHAPE_A } from '../../fixtures/mixture.js';
import { sync, verify } from '../../src/index.js';
import { catalogOf } from '../support/catalog.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { eventually } from '../support/traces.js';
import { plan, rollback, run, status } from '../support/unifying.js';

const mixture = mixtureOf({});
const LEGACY = { mixture, submissions: 80, oddShare: 0 } as const;
const UNIFIED = { ...LEGACY, run: { batchSize: 100 } } as const;

/** What stands in the queue, a line an entry; and empties it. */
async function recorded({ query }: TestDatabase): Promise<string[]> {
  const { rows } = await query<{ entry: string }>(
    `with gone as (delete from drydock.changes returning source, operation, raw)
     select concat_ws(' ', source, operation, raw::text) as entry from gone order by 1`,
  );
  return rows.map(({ entry }) => entry);
}

async function someIds({ query }: TestDatabase, table: string, limit: number): Promise<string[]> {
  const { rows } = await query<{ id: string }>(`select id from public.${table} order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

describe('what is recorded', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let [a, b] = ['', ''];
  beforeAll(async () => {
    database = await prepared(UNIFIED);
    client = await database.client();
    [a = '', b = ''] = await someIds(database, 'opportunities', 2);
  });

  test('an update that leaves the key alone, once; rows that it does not touch, not at all', async () => {
    await client.query('update public.opportunities set app_name = $1 where id = any ($2)', ['x', [a, b]]);
    await client.query('update public.opportunities set app_name = $1 where false', ['x']);
    expect(await recorded(database)).toEqual(
      [`opportunities update {${a}}`, `opportunities update {${b}}`].sort(),
    );
  });

  test('a new id, and the one that it had', async () => {
    const other = 'ffffffff-0000-4000-8000-000000000001';
    await client.query('begin; set local session_replication_role = replica');
    await client.query(
      'update public.market_validations set id = $1 where id = (select min(id::text)::uuid from public.market_validations) returning id',
      [other],
    );
    await client.query('commit');
    const found = await recorded(database);
    expect(found).toHaveLength(2);
    expect(found).toContain(`market_validations update {${other}}`);
  });

  test('both ids and both Reddit ids of two submissions that change places in one statement', async () => {
    const { rows } = await client.query<{ id: string; raw: string }>(
      'select id, submission_id as raw from public.submissions order by id limit 2',
    );
    const [one, two] = rows;
    await client.query(
      'update public.submissions set submission_id = case id when $1 then $2 else $3 end where id in ($1, $4)',
      [one?.id, two?.raw, one?.raw, two?.id],
    );
    expect(await recorded(database)).toEqual(
      [one?.id, two?.id]
        .flatMap((id) => [one?.raw, two?.raw].map((raw) => `submissions update {${id},${raw}}`))
        .sort(),
    );
  });

  test('rows that a replicated session writes', async () => {
    await client.query(`set session_replication_role = replica`);
    await client.query(
      'delete from public.score_components where id = (select min(id::text)::uuid from public.score_components)',
    );
    await client.query(`set session_replication_role = origin`);
    expect(await recorded(database)).toHaveLength(1);
  });

  test('rows that a cascade, a COPY and an upsert write, and TRUNCATE', async () => {
    await client.query('delete from public.opportunities where id = $1', [a]);
    const cascade = await recorded(database);
    expect(cascade).toContain(`opportunities delete {${a}}`);
    await client.query(
      `insert into public.opportunities (id, problem_statement) values ($1, 'p'), ($2, 'p')
         on conflict (id) do update set problem_statement = excluded.problem_statement`,
      [a, b],
    );
    expect(await recorded(database)).toEqual(
      [`opportunities insert {${a}}`, `opportunities update {${b}}`].sort(),
    );
    await client.query('truncate public.score_components');
    expect(await recorded(database)).toEqual(['score_components truncate']);
  });

  test('rows that the triggers of the application write', async () => {
    await client.query(`
      create function public.echo() returns trigger language plpgsql as $$ begin
        update public.workflow_results set ai_insight = 'echo' where id = (select min(id::text)::uuid from public.workflow_results);
        return null; end $$;
      create trigger echo after update on public.app_opportunities for each row when (pg_trigger_depth() = 0) execute function public.echo()`);
    await client.query(
      'update public.app_opportunities set notes = $1 where id = (select min(id::text)::uuid from public.app_opportunities)',
      ['x'],
    );
    expect((await recorded(database)).map((entry) => entry.split(' ')[0])).toEqual([
      'app_opportunities',
      'workflow_results',
    ]);
  });

  test('a writer who may not look into our schema, whatever search_path it has', async () => {
    const role = await createRole(database);
    await database.query(`grant select, update on public.opportunities to ${role.name}`);
    await client.query(
      `create schema hostile; create table hostile.changes (phase_id int); create function hostile.text(uuid) returns text language sql as $$ select 'x' $$`,
    );
    await client.query(`set role ${role.name}; set search_path = hostile, public`);
    await client.query('update public.opportunities set app_name = $1 where id = $2', ['y', b]);
    await client.query('reset role; reset search_path');
    expect(await recorded(database)).toEqual([`opportunities update {${b}}`]);
  });
});

test('what is written between the first snapshot and the last batch is there in the end', async () => {
  const database = await prepared(LEGACY);
  // Slow enough to be still at work whenever a loaded machine gets to writing.
  const report = run({ databaseUrl: database.url, batchSize: 20, maxRate: 60 });
  report.catch(() => undefined);
  const client = await database.client();
  await eventually(
    'a batch is loaded',
    async () => {
      const { rows } = await database.query(`select from pg_namespace where nspname = 'drydock'`);
      if (rows.length === 0) return false;
      const { rows: done } = await database.query(`select from drydock.batches where status = 'done'`);
      return done.length > 0;
    },
    30_000,
  );
  await client.query(`update public.opportunities set app_name = 'written meanwhile'`);
  await client.query(
    'delete from public.app_opportunities where id in (select id from public.app_opportunities limit 10)',
  );
  await client.query(
    `insert into public.workflow_results (opportunity_id, app_name) values ('opp_meanwhile', 'm')`,
  );
  const { phases } = await report;
  expect(phases.map(({ state, verification }) => [state, verification?.equal])).toEqual([
    ['verified', true],
    ['verified', true],
  ]);
  expect(phases[0]?.caughtUp?.changes).toBeGreaterThan(10);
  await expectEqual(client, pairsOf(mixture));
});

test('rows that move to another batch while the run stands still are there once in the end', async () => {
  const database = await prepared(LEGACY);
  await run({
    databaseUrl: database.url,
    phases: ['opportunities'],
    batchSize: 40,
    batches: { from: 1, to: 2 },
  });
  // From the first batches to the last, and the other way round; with what else stands under these keys.
  await database.query(`
    with moving as (select id, identified_from_submission_id as old, row_number() over (order by identified_from_submission_id) as n,
      count(*) over () as total from public.opportunities where identified_from_submission_id is not null)
    update public.opportunities o set identified_from_submission_id = b.old, opportunity_id = null
    from moving a join moving b on b.n = a.total + 1 - a.n where o.id = a.id and (a.n <= 5 or a.n > a.total - 5)`);
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
  await expectEqual(await database.client(), pairsOf(mixture));
});

test('a transaction older than the triggers is waited for, and what it wrote is read', async () => {
  const database = await prepared(LEGACY);
  const writer = await database.client();
  await writer.query('begin');
  await writer.query(
    `insert into public.workflow_results (opportunity_id, app_name) values ('opp_older', 'o')`,
  );
  const report = run({ databaseUrl: database.url });
  report.catch(() => undefined);
  await eventually(
    'the run waits for it',
    async () => {
      const { rows } = await database.query(
        `select from pg_locks l join pg_stat_activity a on a.pid = l.pid
       where not l.granted and l.mode = 'ShareRowExclusiveLock' and a.application_name ~ '^drydock'`,
      );
      return rows.length > 0;
    },
    30_000,
  );
  await writer.query('commit');
  expect(await report).toMatchObject({ outcome: 'done' });
  const { rows } = await database.query(
    `select from public.workflow_results_legacy where opportunity_id = 'opp_older'`,
  );
  expect(rows).toHaveLength(1);
});

test('without the right to put triggers on them the run goes on, and says what that means', async () => {
  const database = await prepared(LEGACY);
  const role = await createRole(database);
  await database.query(`grant create on database "${database.name}" to ${role.name};
    grant create on schema public to ${role.name}; grant select on all tables in schema public to ${role.name};
    grant references on public.submissions to ${role.name}`);
  const planned = await plan({ databaseUrl: role.url, phases: ['opportunities'] });
  expect(planned.phases[0]?.capture?.tables).toContain('public.submissions');
  expect(planned.phases[0]?.capture?.missing.join()).toMatch(/may not put triggers on public\.opportunities/);
  const report = await run({ databaseUrl: role.url, phases: ['opportunities'] });
  expect(report).toMatchObject({ outcome: 'done', phases: [{ caughtUp: null }] });
  expect(report.warnings.join()).toMatch(
    /not captured, .* --since or by a new run\. User ".*" may not put triggers on public\.opportunities/,
  );
  await expect(sync({ databaseUrl: role.url })).rejects.toMatchObject({ code: 'not-captured' });
});

test('capture that starts late loads again what was loaded before it', async () => {
  const database = await prepared(LEGACY);
  await run({ databaseUrl: database.url, capture: false });
  expect((await status({ databaseUrl: database.url })).phases[0]?.capture).toBeNull();
  await database.query(`update public.opportunities set app_name = 'unseen'`);
  const report = await run({ databaseUrl: database.url });
  expect(report.phases[0]?.batches.loaded).toBe(report.phases[0]?.batches.total);
  expect(report.warnings.join()).toMatch(/loaded before all legacy tables reported/);
  await expectEqual(await database.client(), pairsOf(mixture));
});

test('a trigger that was dropped or switched off is missed, by status and by sync; a run puts it back', async () => {
  const database = await prepared(UNIFIED);
  await database.query('alter table public.app_opportunities disable trigger drydock_capture_update');
  await database.query(`update public.app_opportunities set notes = 'unseen'`);
  const { phases } = await status({ databaseUrl: database.url });
  expect(phases[0]?.capture?.silent).toEqual(['public.app_opportunities']);
  await expect(sync({ databaseUrl: database.url })).rejects.toMatchObject({ code: 'capture-broken' });
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  await expectEqual(await database.client(), pairsOf(mixture));
  expect((await status({ databaseUrl: database.url })).phases[0]?.capture?.silent).toEqual([]);
});

test('rolled back, one phase leaves the other its triggers and its queue, and nothing is left of both', async () => {
  const database = await prepared({ mixture: SHAPE_A, submissions: 40, oddShare: 0 });
  const before = await catalogOf(database);
  await run({ databaseUrl: database.url });
  await database.query(
    `update public.opportunities set title = 'waits'; delete from public.market_validations`,
  );
  await rollback({ databaseUrl: database.url, phases: ['assessments'] });
  const { phases } = await status({ databaseUrl: database.url });
  expect(phases.map(({ capture }) => capture?.tables.length)).toEqual([4, undefined]);
  expect(phases[0]?.capture?.backlog).toBeGreaterThan(0);
  await rollback({ databaseUrl: database.url });
  expect(await catalogOf(database)).toEqual(before);
});

test('a table that gets a child reports nothing of it until the next run, which asks for the keys of both', async () => {
  const database = await prepared(UNIFIED);
  await database.query('create table public.more_results () inherits (public.workflow_results)');
  const silent = async () => (await status({ databaseUrl: database.url })).phases[0]?.capture?.silent;
  expect(await silent()).toEqual(['public.workflow_results']);
  await run({ databaseUrl: database.url });
  expect(await silent()).toEqual([]);
  const [was, is] = ['ffffffff-0000-4000-8000-000000000001', 'ffffffff-0000-4000-8000-000000000002'];
  await database.query(
    `insert into public.more_results (id, opportunity_id, app_name) values ('${was}', 'opp_child', 'c')`,
  );
  await recorded(database);
  await database.query(`update public.workflow_results set id = '${is}' where id = '${was}'`);
  expect(await recorded(database)).toEqual([
    `workflow_results update {${was}}`,
    `workflow_results update {${is}}`,
  ]);
});

test('partitions are written through the table and by themselves', async () => {
  const database = await prepared(LEGACY);
  await database.query(`
    create table public.parts (like public.market_validations including defaults, primary key (id, opportunity_id)) partition by hash (opportunity_id);
    create table public.parts_0 partition of public.parts for values with (modulus 2, remainder 0);
    create table public.parts_1 partition of public.parts for values with (modulus 2, remainder 1);
    insert into public.parts select * from public.market_validations where opportunity_id is not null;
    drop table public.market_validations; alter table public.parts rename to market_validations`);
  const report = await run({ databaseUrl: database.url });
  expect(report.warnings.join()).toMatch(/attached or detached later is not captured/);
  await database.query(`
    update public.market_validations set notes = 'through the table' where id in (select id from public.market_validations limit 3);
    update public.parts_0 set notes = 'by itself' where id in (select id from public.parts_0 limit 3);
    delete from public.parts_1 where id in (select id from public.parts_1 limit 2)`);
  await sync({ databaseUrl: database.url });
  await expectEqual(await database.client(), pairsOf(mixture));
});
