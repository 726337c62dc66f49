import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { complete, rollback, sync, verify } from '../../src/index.js';
import { cutOver, inHarbour } from '../cutover/at-sea.js';
import type { TestDatabase } from '../support/database.js';
import { UNIFYING_PHASES } from '../support/phases.js';
import { run } from '../support/unifying.js';

const TABLES = [
  'opportunities_unified',
  'opportunity_duplicates',
  'opportunity_assessments',
  'opportunity_assessment_records',
];
const REFUSED = { code: '55000', constraint: 'drydock_guard' };

/** Each kind of statement, on each table. */
const WRITES = TABLES.flatMap((table) => [
  `insert into ${table} select * from (table ${table} limit 0) t`,
  `update ${table} set merge_key = merge_key where merge_key = (select merge_key from ${table} limit 1)`,
  `delete from ${table} where merge_key = (select merge_key from ${table} limit 1)`,
  `truncate ${table} cascade`,
]).map((statement) =>
  // A generated column takes no value.
  statement.replace(/^insert into (\S+) .*/, 'insert into $1 (merge_key) values (gen_random_uuid())'),
);

async function guards(database: TestDatabase): Promise<Record<string, number>> {
  const { rows } = await database.query<{ enabled: string; n: number }>(
    `select tgenabled::text as enabled, count(*)::int as n from pg_trigger where tgname like 'drydock_guard%' group by 1`,
  );
  return Object.fromEntries(rows.map(({ enabled, n }) => [enabled, n]));
}

describe('from the run to the cutover', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await inHarbour('B');
  });

  test.each(WRITES)('is refused: %s', async (statement) => {
    const client = await database.client();
    await expect(client.query(statement)).rejects.toMatchObject(REFUSED);
    await client.query(`set session_replication_role = replica`);
    await expect(client.query(statement)).rejects.toMatchObject(REFUSED);
    await client.query(`reset session_replication_role; set drydock.own_writes = 'off'`);
    await expect(client.query(statement)).rejects.toMatchObject(REFUSED);
  });

  test('COPY, MERGE and ON CONFLICT are refused, and so is a role that claims to be Drydock', async () => {
    const role = `"${database.name}_r"`;
    const client = await database.client();
    await client.query(
      `create role ${role}; grant all on opportunities_unified, opportunity_assessments to ${role}; grant usage on schema public to ${role}`,
    );
    try {
      for (const statement of [
        `insert into opportunities_unified (id, merge_key) select id, merge_key from opportunities_unified limit 1 on conflict (id) do update set title = 'x'`,
        `with w as (update opportunities_unified set title = 'x' returning 1) select * from w`,
      ])
        await expect(client.query(statement)).rejects.toMatchObject(REFUSED);
      await client.query(`set role ${role}; set drydock.own_writes = 'on'`);
      for (const statement of [
        `update opportunities_unified set title = 'x'`,
        `update opportunities_unified set submission_id = null where submission_id is not null`,
        'delete from opportunity_assessments',
      ])
        await expect(client.query(statement)).rejects.toMatchObject(REFUSED);
    } finally {
      await client.query(`reset role; drop owned by ${role}; drop role ${role}`);
    }
  });
});

describe('a foreign key of the tables', () => {
  test('empties the submission of a deleted one, whoever deletes it, and nothing else gets past with it', async () => {
    const database = await inHarbour('B');
    const named = `select submission_id as id from opportunities_unified where from_opportunities and submission_id is not null order by 1`;
    const ids = (await database.query<{ id: string }>(named)).rows.map(({ id }) => id);
    const role = `"${database.name}_d"`;
    const client = await database.client();
    await client.query(`create role ${role}; grant select, delete on submissions to ${role}`);
    try {
      await client.query(`set role ${role}`);
      await client.query('delete from submissions where id = $1', [ids[0]]);
      await client.query('begin isolation level repeatable read');
      await client.query('delete from submissions where id = any ($1)', [ids.slice(1, 4)]);
      await client.query('commit; reset role');

      // A trigger of the application writes ours in the middle of the delete, at the depth of the foreign key's own, and
      // by its name before that.
      const inTrigger = async (when: string, statement: string) => {
        await client.query(
          `create or replace function public.meddle() returns trigger language plpgsql as $$ begin ${statement}; return old; end $$;
           create or replace trigger "A_meddle" ${when} delete on submissions for each row execute function public.meddle()`,
        );
        return client
          .query('delete from submissions where id = $1', [ids[5]])
          .finally(() => client.query('drop trigger "A_meddle" on submissions'));
      };
      for (const statement of [
        `update opportunities_unified set title = 'meddled' where submission_id = old.id`,
        `update opportunities_unified set submission_id = null, title = 'meddled' where submission_id = old.id`,
        `update opportunities_unified set submission_id = null where submission_id <> old.id`,
        'delete from opportunities_unified where submission_id = old.id or id::text < old.id::text',
        `insert into opportunities_unified (merge_key) values (old.id)`,
      ])
        for (const when of ['before', 'after'])
          await expect(inTrigger(when, statement), `${when}: ${statement}`).rejects.toMatchObject(REFUSED);
      await client.query('delete from submissions where id = $1', [ids[5]]);
    } finally {
      await client.query(`reset role; drop owned by ${role}; drop role ${role}`);
    }
    const gone = [...ids.slice(0, 4), ids[5]];
    expect(
      (await database.query('select from opportunities_unified where submission_id = any ($1)', [gone]))
        .rowCount,
    ).toBe(0);
    await sync({ databaseUrl: database.url });
    expect(await verify({ databaseUrl: database.url, phases: UNIFYING_PHASES, strict: true })).toMatchObject({
      equal: true,
    });
  });

  test('takes the assessments of a deleted opportunity along, where only its phase is cut over', async () => {
    const database = await inHarbour('B');
    await cutOver(database, ['opportunities']);
    const { rows } = await database.query<{ id: string }>(
      'select opportunity_id as id from opportunity_assessments where opportunity_id not in (select unified_id from opportunity_duplicates) order by 1 limit 1',
    );
    const id = rows[0]?.id;
    await expect(
      database.query('delete from opportunity_assessments where opportunity_id = $1', [id]),
    ).rejects.toMatchObject(REFUSED);
    await database.query('delete from opportunities_unified where id = $1', [id]);
    expect(
      (await database.query('select from opportunity_assessments where opportunity_id = $1', [id])).rowCount,
    ).toBe(0);
    await sync({ databaseUrl: database.url });
    expect(await verify({ databaseUrl: database.url, phases: UNIFYING_PHASES })).toMatchObject({
      equal: true,
    });
  });

  test('lets the submissions be truncated together with what names them', async () => {
    const database = await inHarbour('B');
    await database.query('truncate submissions cascade');
    expect((await database.query('select from opportunities_unified')).rowCount).toBe(0);
    // The parent is empty now; that alone says nothing.
    await expect(database.query('truncate opportunities_unified cascade')).rejects.toMatchObject(REFUSED);
    await sync({ databaseUrl: database.url });
    expect(await verify({ databaseUrl: database.url, phases: UNIFYING_PHASES })).toMatchObject({
      equal: true,
    });
  });
});

test('the guard goes with the cutover, comes back with a rollback, and ends with the completion', async () => {
  const database = await inHarbour('B');
  const all = { A: WRITES.length };
  expect(await guards(database)).toEqual(all);
  await cutOver(database);
  expect(await guards(database)).toEqual({ D: WRITES.length });
  await database.query(
    `update opportunities_unified set proposed_solution = 'direct' where from_opportunities`,
  );
  await rollback({ databaseUrl: database.url, phases: UNIFYING_PHASES });
  expect(await guards(database)).toEqual(all);
  await expect(database.query('delete from opportunities_unified')).rejects.toMatchObject(REFUSED);
  await cutOver(database);
  await complete({ databaseUrl: database.url, phases: UNIFYING_PHASES });
  expect(await guards(database)).toEqual({});
  expect((await database.query(`select from pg_proc where proname like 'guard%'`)).rowCount).toBe(0);
});

test('tables without a guard get one by a run, a sync or a cutover, but not where they are cut over', async () => {
  const database = await inHarbour('B');
  const { url: databaseUrl } = database;
  const drop = () =>
    database.query(
      `do $$ declare t record; begin for t in select tgname, tgrelid::regclass as r from pg_trigger where tgname like 'drydock_guard%' loop execute format('drop trigger %I on %s', t.tgname, t.r); end loop; end $$`,
    );
  for (const again of [() => run({ databaseUrl }), () => sync({ databaseUrl })]) {
    await drop();
    await again();
    expect(await guards(database)).toEqual({ A: WRITES.length });
  }
  await database.query('alter table opportunities_unified disable trigger drydock_guard_update');
  await sync({ databaseUrl });
  expect(await guards(database)).toEqual({ A: WRITES.length });
  await drop();
  await cutOver(database);
  expect(await guards(database)).toEqual({ D: WRITES.length });
  await drop();
  await sync({ databaseUrl });
  expect(await guards(database)).toEqual({});
  await rollback({ databaseUrl, phases: UNIFYING_PHASES });
  expect(await guards(database)).toEqual({ A: WRITES.length });
});

test('a rollback of everything leaves no guard, even where a table goes by another name', async () => {
  const database = await inHarbour('B');
  await database.query('alter table opportunity_duplicates rename to kept_aside');
  await rollback({ databaseUrl: database.url, phases: UNIFYING_PHASES });
  expect(await guards(database)).toEqual({});
  expect((await database.query(`select from pg_namespace where nspname = 'drydock'`)).rowCount).toBe(0);
});

test('while a cutover waits for its locks a direct write is refused, and afterwards it reaches the legacy table', async () => {
  const database = await inHarbour('B');
  const holder = await database.client();
  const { rows } = await database.query<{ id: string }>(
    'select id from opportunities_unified where from_opportunities and id not in (select unified_id from opportunity_duplicates) order by id limit 2',
  );
  const [held, other] = rows.map(({ id }) => id);
  await holder.query('begin');
  await holder.query(`update opportunities set proposed_solution = 'old name' where id = $1`, [held]);
  const turning = cutOver(database, ['opportunities']);
  const write = (id: string | undefined) =>
    database.query(`update opportunities_unified set target_audience = 'direct' where id = $1`, [id]);
  const isWaiting = async () =>
    (
      await database.query(
        `select from pg_locks where not granted and relation = 'opportunities'::regclass and mode = 'AccessExclusiveLock'`,
      )
    ).rowCount !== 0;
  while (!(await isWaiting())) await sleep(5);
  for (const id of [held, other]) await expect(write(id)).rejects.toMatchObject(REFUSED);
  await holder.query('commit');
  expect(await turning).toMatchObject({ phases: [{ outcome: 'cut-over', verification: { equal: true } }] });
  for (const id of [held, other]) await write(id);
  expect(
    (
      await database.query(
        'select proposed_solution, target_audience from opportunities where id = any ($1) order by id',
        [[held, other]],
      )
    ).rows,
  ).toMatchObject([
    { proposed_solution: 'old name', target_audience: 'direct' },
    { target_audience: 'direct' },
  ]);
  await sync({ databaseUrl: database.url });
  expect(await verify({ databaseUrl: database.url, phases: ['opportunities'], strict: true })).toMatchObject({
    equal: true,
  });
});
