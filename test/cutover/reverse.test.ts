import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rollback, sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { asDrydock } from '../support/own-writes.js';
import { run } from '../support/unifying.js';
import { atSea, cutOver, inHarbour } from './at-sea.js';

/** Writes directly, looks at the legacy side, lets a sync pass, and wants the row to be what was written. */
async function settled(database: TestDatabase, query: string): Promise<Record<string, unknown>[]> {
  const direct = (await database.query(query)).rows;
  await sync({ databaseUrl: database.url });
  expect((await database.query(query)).rows).toEqual(direct);
  return direct;
}

test('an application that knows only the unified columns', async () => {
  const database = await atSea('A');
  const { rows: free } = await database.query<{ id: string; reddit_id: string }>(
    `insert into submissions (reddit_id, title) values ('fresh1', 'A fresh submission') returning id, reddit_id`,
  );
  const submission = free[0]?.id;
  await database.query(
    `insert into opportunities_unified (submission_id, title, description) values ($1, 'Made directly', 'by a new application')`,
    [submission],
  );
  const { rows } = await database.query(
    `select title, description, submission_id, created_at is not null as dated from opportunities where title = 'Made directly'`,
  );
  expect(rows).toEqual([
    { title: 'Made directly', description: 'by a new application', submission_id: submission, dated: true },
  ]);
  await settled(
    database,
    `select id, merge_key, submission_id, title, description, status, from_opportunities, from_app_opportunities, residue from opportunities_unified where title = 'Made directly'`,
  );

  // With what the other table wants, the row is one of its rows too.
  await database.query(
    `update opportunities_unified set from_app_opportunities = true, problem_statement = 'p', app_concept = 'c', core_functions = '["one", "two"]',
       value_proposition = 'v', target_user = 't', monetization_model = 'm', trust_score = 72.5, trust_level = 'HIGH', status = 'validated'
     where title = 'Made directly'`,
  );
  const { rows: app } = await database.query(
    `select submission_id, title, core_functions, trust_score, trust_level, status, problem_description from app_opportunities where title = 'Made directly'`,
  );
  expect(app).toEqual([
    {
      submission_id: 'fresh1',
      title: 'Made directly',
      core_functions: ['one', 'two'],
      trust_score: '72.50',
      trust_level: 'HIGH',
      status: 'validated',
      problem_description: 'p',
    },
  ]);
  await settled(
    database,
    `select title, problem_statement, core_functions, trust_score, trust_level, status, app_concept, app_submission_id, residue from opportunities_unified where title = 'Made directly'`,
  );

  await database.query(
    `update opportunities_unified set updated_at = now(), title = 'Changed directly' where title = 'Made directly'`,
  );
  await settled(
    database,
    `select title, problem_statement, trust_score from opportunities_unified where title = 'Changed directly'`,
  );
  await database.query(`delete from opportunities_unified where title = 'Changed directly'`);
  const { rows: left } = await database.query(
    `select (select count(*)::int from opportunities where title = 'Changed directly') + (select count(*)::int from app_opportunities where title = 'Changed directly') as n`,
  );
  expect(left).toEqual([{ n: 0 }]);
  await sync({ databaseUrl: database.url });
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
});

test('set by set, over rows of every kind, what was written stays', async () => {
  const database = await atSea('B');
  const { rowCount } = await database.query(
    `update opportunities_unified set trust_score = 12.34, trust_badge = 'GOLD', app_concept = 'all changed' where from_app_opportunities`,
  );
  expect(rowCount).toBeGreaterThan(50);
  await database.query(
    `update opportunities_unified set dimension_scores = coalesce(dimension_scores, '{}') || '{"market_demand": 7.5}' where from_workflow_results`,
  );
  await database.query(`update opportunities_unified set status = 'ai_enriched' where from_opportunities`);
  await database.query(
    `update opportunity_assessments set market_demand_score = 42 where from_opportunity_scores`,
  );
  await database.query(
    `delete from opportunities_unified where id in (select unified_id from opportunity_duplicates order by unified_id limit 3)`,
  );
  await settled(
    database,
    `select id, title, status, trust_score, trust_badge, app_concept, dimension_scores, merge_key, submission_id from opportunities_unified order by id`,
  );
  await settled(
    database,
    `select id, market_demand_score, total_score, opportunity_id from opportunity_assessments order by id`,
  );
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
  await rollback({ databaseUrl: database.url });
  const { rows } = await database.query(
    `select count(*)::int as n from app_opportunities where app_concept = 'all changed' and trust_score = 12.34`,
  );
  expect(rows[0]?.n).toBeGreaterThan(40);
});

test('what a guard did not keep out before the cutover stops it, and loading its batch again lets it pass', async () => {
  const database = await inHarbour('B');
  const { rows } = await asDrydock<{ id: string }>(
    database,
    `update opportunities_unified set app_name = 'too early' where id = (select min(id::text)::uuid from opportunities_unified where from_opportunities) returning id`,
  );
  await expect(cutOver(database, ['opportunities'])).rejects.toMatchObject({ code: 'different' });
  const { rows: kinds } = await database.query(
    `select relkind from pg_class where oid = 'public.opportunities'::regclass`,
  );
  expect(kinds).toEqual([{ relkind: 'r' }]);
  const { rows: batches } = await database.query<{ n: number }>(
    'select count(*)::int as n from drydock.batches b join drydock.phases p on p.id = b.phase_id where p.phase = $1',
    ['opportunities'],
  );
  await run({
    databaseUrl: database.url,
    phases: ['opportunities'],
    batches: { from: 1, to: batches[0]?.n ?? 1 },
  });
  await run({ databaseUrl: database.url });
  expect(await cutOver(database, ['opportunities'])).toMatchObject({ phases: [{ outcome: 'cut-over' }] });
  const { rows: after } = await database.query(
    `select from opportunities_unified where id = $1 and app_name = 'too early'`,
    [rows[0]?.id],
  );
  expect(after).toEqual([]);
});

test('a direct write keeps what was written under the old name and is not merged yet', async () => {
  const database = await atSea('A');
  const { rows } = await database.query<{ id: string }>(
    `select id from opportunities_unified where from_opportunities order by id limit 1`,
  );
  const id = rows[0]?.id;
  await database.query(`update opportunities set description = 'through the old name' where id = $1`, [id]);
  await database.query(`update opportunities_unified set target_audience = 'directly' where id = $1`, [id]);
  await sync({ databaseUrl: database.url });
  const { rows: merged } = await database.query(
    `select description, target_audience from opportunities_unified where id = $1`,
    [id],
  );
  expect(merged).toEqual([{ description: 'through the old name', target_audience: 'directly' }]);
});

test('a direct write fails for no delete under the old name, merged or not, and leaves it as it is', async () => {
  const database = await atSea('B');
  const { rows } = await database.query<{ id: string }>(
    `select id from opportunities_unified where from_opportunities and not from_app_opportunities and not from_workflow_results
       and not exists (select from opportunity_duplicates d where d.unified_id = opportunities_unified.id) order by id limit 2`,
  );
  const [gone, going] = rows.map(({ id }) => id);
  const write = `update opportunities_unified set target_audience = 'too late' where id = $1`;
  await database.query('delete from opportunities where id = $1', [gone]);
  await database.query(write, [gone]);

  const [first, second] = [await database.client(), await database.client()];
  await first.query('begin');
  await first.query('delete from opportunities where id = $1', [going]);
  // It waits for the delete, as it would in one table.
  const waiting = second.query(write, [going]);
  await expect(Promise.race([waiting, sleep(200, 'waits')])).resolves.toBe('waits');
  await first.query('commit');
  await waiting;

  await sync({ databaseUrl: database.url });
  const { rows: left } = await database.query(
    'select id from opportunities where id = any ($1) union all select id from opportunities_unified where id = any ($1)',
    [[gone, going]],
  );
  expect(left).toEqual([]);
  expect(await verify({ databaseUrl: database.url })).toMatchObject({ equal: true });
});

test('a direct write of a row that is written under its old name waits, and both stay', async () => {
  const database = await atSea('dlt');
  const { rows } = await database.query<{ id: string; sub: string }>(
    `select id, app_submission_id as sub from opportunities_unified u where from_app_opportunities
       and not exists (select from opportunity_duplicates d where d.unified_id = u.id) order by id limit 1`,
  );
  const [id, sub] = [rows[0]?.id, rows[0]?.sub];
  const [first, second] = [await database.client(), await database.client()];
  await first.query('begin');
  await first.query(
    `update public_staging.app_opportunities set notes = 'old name' where submission_id = $1`,
    [sub],
  );
  const waiting = second.query(
    `update opportunities_unified set value_proposition = 'direct' where id = $1`,
    [id],
  );
  await expect(Promise.race([waiting, sleep(200, 'waits')])).resolves.toBe('waits');
  await first.query('commit');
  await waiting;
  const { rows: legacy } = await database.query(
    'select notes, value_proposition from public_staging.app_opportunities where submission_id = $1',
    [sub],
  );
  expect(legacy).toEqual([{ notes: 'old name', value_proposition: 'direct' }]);
});

test('what the old schema cannot hold is refused when it is written', async () => {
  const database = await atSea('B');
  const one = `(select id from opportunities_unified where from_opportunities and not from_app_opportunities order by id limit 1)`;
  const other = `(select id from opportunities_unified where from_opportunities and from_app_opportunities order by id limit 1)`;
  const refused: [string, RegExp][] = [
    [`update opportunities_unified set trust_score = 50 where id = ${one}`, /trust_score cannot be held/],
    [
      `update opportunities_unified set app_concept = 'x' where id = ${one}`,
      /app_concept is one of the legacy table app_opportunities/,
    ],
    [
      `update opportunities_unified set description = 'x' where id = ${one}`,
      /No legacy table has a column for description/,
    ],
    [
      `update opportunities_unified set app_name = repeat('x', 300) where id = ${one}`,
      /app_name cannot be held/,
    ],
    [
      `update opportunities_unified set core_functions = '[1]' where id = ${other}`,
      /core_functions cannot be held/,
    ],
    [
      `update opportunities_unified set dimension_scores = '{"charm": 1}' where from_workflow_results`,
      /object of the numbers/,
    ],
    [`update opportunities_unified set id = gen_random_uuid() where id = ${one}`, /id of an opportunity/],
    [
      `update opportunities_unified set created_at = 'infinity' where id = ${other}`,
      /created_at is the earliest/,
    ],
    [
      `update opportunity_assessments set market_demand_score = 50.5 where from_opportunity_scores`,
      /market_demand_score cannot be held/,
    ],
    [`update opportunity_assessments set validation_count = 7`, /summed up from legacy rows/],
    [
      `update opportunity_assessments set assessor_type = 'human'`,
      /No legacy table has a column for assessor_type/,
    ],
    [
      `insert into opportunities_unified (submission_id, problem_statement) select submission_id, 'x' from opportunities_unified where submission_id is not null limit 1`,
      /has an opportunity already/,
    ],
    [`truncate opportunities_unified cascade`, /cannot be truncated/],
    [
      `insert into opportunity_duplicates (source, unified_id) select 'opportunities', id from opportunities_unified limit 1`,
      /duplicates is decided/,
    ],
  ];
  const before = await database.query(
    'select md5(string_agg(o::text, id::text order by id)) as hash from opportunities o',
  );
  for (const [statement, message] of refused)
    await expect(database.query(statement), statement).rejects.toThrow(message);
  expect(
    (
      await database.query(
        'select md5(string_agg(o::text, id::text order by id)) as hash from opportunities o',
      )
    ).rows,
  ).toEqual(before.rows);
});

test('a setting does not let an application past', async () => {
  const database = await atSea('B');
  const client = await database.client();
  const role = `"${database.name}_writer"`.slice(0, 63);
  await client.query(
    `create role ${role}; grant select, insert, update, delete on opportunities_unified to ${role}`,
  );
  try {
    await client.query(`set role ${role}; set drydock.own_writes = 'on'`);
    await client.query(
      `update opportunities_unified set proposed_solution = 'by a role' where from_opportunities`,
    );
    await client.query('reset role');
    const { rows } = await client.query(
      `select count(*)::int as n from opportunities where proposed_solution = 'by a role'`,
    );
    expect(rows[0]?.n).toBeGreaterThan(0);
  } finally {
    await client.query(`reset role; drop owned by ${role}; drop role ${role}`);
  }
});
