import { spawn } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { backup, complete, rollback, rollbackFully, run, status } from '../../src/index.js';
import { workDirectory } from '../backup/place.js';
import { cutOver, inHarbour, MIXTURES } from '../cutover/at-sea.js';
import { hashes } from '../fixtures/filled.js';
import { catalogOf } from '../support/catalog.js';
import type { TestDatabase } from '../support/database.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { eventually } from '../support/traces.js';

const COMMAND = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** A database before the first run, with a table that names opportunities, and a backup of it. */
async function ashore(shape: keyof typeof MIXTURES) {
  const database = await prepared({ mixture: MIXTURES[shape], submissions: 60, oddShare: 0.05 });
  await database.query(
    `create table notes (id uuid primary key default gen_random_uuid(), opportunity_id uuid references opportunities on delete cascade, text text);
     insert into notes (opportunity_id, text) select id, 'about it' from opportunities;
     create function touch() returns trigger language plpgsql as $$ begin new.created_at = now(); return new; end $$;
     create trigger touching before update or insert on opportunities for each row execute function touch()`,
  );
  const directory = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: directory });
  return { database, directory, before: await picture(database) };
}

/**
 * Without oids, and what is named by them: tables and foreign keys that were made again have others. And without lists in
 * checks, whose casts Postgres prints in other places when it has read its own words.
 */
async function picture(database: TestDatabase) {
  const catalog = (await catalogOf(database))
    .filter((line) => !/RI_ConstraintTrigger|ARRAY\[/.test(line))
    .map((line) => line.replaceAll(/\d{5,}/g, '#'))
    .sort();
  return { catalog, rows: await hashes(database, 'public') };
}

/** What an application writes after the backup: changes, and rows that come and go. */
async function write(database: TestDatabase): Promise<void> {
  await database.query(`update opportunities set problem_statement = problem_statement || ', revised'`);
  await database.query(`delete from market_validations`);
  await database.query(
    `insert into app_opportunities (submission_id, problem_description, app_concept, core_functions, value_proposition, target_user, monetization_model)
     values ('later', 'p', 'c', '[]', 'v', 't', 'm')`,
  );
}

const STATES: readonly (readonly [string, (database: TestDatabase) => Promise<unknown>])[] = [
  ['before a run', async () => undefined],
  ['after a run', (database) => run({ databaseUrl: database.url, batchSize: 200 })],
  [
    'after a cutover',
    async (database) => {
      await run({ databaseUrl: database.url, batchSize: 200 });
      await cutOver(database);
    },
  ],
  [
    'after a completion',
    async (database) => {
      await run({ databaseUrl: database.url, batchSize: 200 });
      await cutOver(database);
      await complete({ databaseUrl: database.url, phases: ['opportunities', 'assessments'] });
    },
  ],
  [
    'after a completion that dropped the old tables',
    async (database) => {
      await run({ databaseUrl: database.url, batchSize: 200 });
      await cutOver(database);
      await backup({ databaseUrl: database.url, to: join(workDirectory(), 'late') });
      const phases = ['opportunities', 'assessments'] as const;
      const report = await complete({ databaseUrl: database.url, phases: [...phases], dropLegacy: true });
      expect(report.phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
    },
  ],
];

test.each(STATES)('%s: rows, definitions and names are as before the first run', async (state, reach) => {
  const { database, directory, before } = await ashore('B');
  await reach(database);
  if (!state.includes('completion')) await write(database);
  const options = { databaseUrl: database.url, from: directory };
  const between = await picture(database);
  const told = await rollbackFully({ ...options, dryRun: true });
  expect(await picture(database)).toEqual(between);
  const report = await rollbackFully(options);
  expect(report).toMatchObject({ differences: [], warnings: [] });
  expect(report.tables).toEqual(told.tables);
  expect(report.phases).toMatchObject(told.phases.map(({ phase }) => ({ phase })));
  const after = await picture(database);
  expect(after.rows).toEqual(before.rows);
  expect(after.catalog).toEqual(before.catalog);
  // Given again, after a kill perhaps, it finds nothing to do.
  const again = await rollbackFully(options);
  expect(again.tables.map(({ outcome }) => outcome)).toEqual(again.tables.map(() => 'same'));
  expect(await run({ databaseUrl: database.url, batchSize: 200 })).toMatchObject({ outcome: 'done' });
});

test('what was done to the views since the cutover goes to the tables', async () => {
  const { database, directory } = await ashore('B');
  const role = await createRole(database);
  const name = role.name.replaceAll('"', '');
  await run({ databaseUrl: database.url, batchSize: 200 });
  await cutOver(database);
  await database.query(
    `grant select on opportunities to ${role.name}; comment on view opportunities is 'of the view';
     alter view opportunities alter column status set default 'changed'`,
  );
  const wanted = ['comment', 'default of status', `rights of ${name}`].map(
    (what) => `public.opportunities: ${what}`,
  );
  const options = { databaseUrl: database.url, from: directory };
  const dry = await rollbackFully({ ...options, dryRun: true });
  expect([...dry.carried].sort()).toEqual(wanted);
  const report = await rollbackFully(options);
  expect([...report.carried].sort()).toEqual(wanted);
  expect(report.warnings).toEqual([]);
  const { rows } = await database.query(
    `select has_table_privilege($1, c.oid, 'select') as reads, obj_description(c.oid, 'pg_class') as comment, pg_get_expr(d.adbin, d.adrelid) as status
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'status' join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.oid = 'public.opportunities'::regclass and c.relkind = 'r'`,
    [name],
  );
  expect(rows).toEqual([
    { reads: true, comment: 'of the view', status: expect.stringMatching(/^'changed'::/) },
  ]);
});

test.each(['A', 'dlt'] as const)('a backup of while it was cut over, shape %s', async (shape) => {
  const database = await inHarbour(shape);
  await cutOver(database);
  const directory = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: directory });
  const { rows: expected } = await database.query(
    'select md5(string_agg(o::text, $$,$$ order by id)) from opportunities o',
  );
  await complete({ databaseUrl: database.url, phases: ['opportunities', 'assessments'], dropLegacy: true });
  const report = await rollbackFully({ databaseUrl: database.url, from: directory });
  expect(report.tables.every(({ outcome }) => outcome === 'made')).toBe(true);
  const { rows } = await database.query(
    'select md5(string_agg(o::text, $$,$$ order by id)) from opportunities o',
  );
  expect(rows).toEqual(expected);
  const { rows: ours } = await database.query(
    `select nspname as name from pg_namespace where nspname like 'drydock%' union all select tgname from pg_trigger where tgname like 'drydock%'`,
  );
  expect(ours).toEqual([]);
  expect(await run({ databaseUrl: database.url, batchSize: 200 })).toMatchObject({ outcome: 'done' });
});

test('what is not a backup to go back to is refused, and nothing is changed', async () => {
  const { database, directory } = await ashore('A');
  await run({ databaseUrl: database.url, batchSize: 200 });
  const before = await picture(database);
  const options = { databaseUrl: database.url, from: directory };
  const refused = (what: object) => expect(rollbackFully({ ...options, ...what })).rejects;
  await refused({ from: join(directory, 'nowhere') }).toMatchObject({ code: 'damaged-backup' });
  const other = join(workDirectory(), 'scores');
  await backup({ databaseUrl: database.url, to: other, phases: ['assessments'] });
  await refused({ from: other }).toMatchObject({ code: 'other-backup' });
  await refused({ phases: ['opportunities'] }).toMatchObject({ code: 'phase-order' });
  await database.query(
    `with o as (insert into opportunities (title) values ('Later') returning id) insert into notes (opportunity_id) select id from o`,
  );
  await refused({}).toMatchObject({ code: 'rows-of-others' });
  await database.query(`delete from opportunities where title = 'Later'`);
  await database.query('alter table opportunities add column added int');
  await refused({}).toMatchObject({ code: 'other-columns' });
  await database.query('alter table opportunities drop column added');
  truncateSync(join(directory, '02-opportunities.copy.gz'), 200);
  for (const dryRun of [true, false]) await refused({ dryRun }).toMatchObject({ code: 'damaged-backup' });
  expect((await picture(database)).rows).toEqual(before.rows);
  expect((await status({ databaseUrl: database.url })).phases.map(({ state }) => state).slice(0, 2)).toEqual([
    'verified',
    'verified',
  ]);
});

test('killed in the middle it leaves all as it was; given again it goes all of the way', async () => {
  const { database, directory, before } = await ashore('A');
  await run({ databaseUrl: database.url, batchSize: 200 });
  await cutOver(database);
  // Holds up its last phase: the others are done by then, in the same transaction.
  const client = await database.client();
  await client.query(`begin; select from drydock.phases where phase = 'opportunities' for update`);
  const args = ['rollback', '--phase', 'all', '--full', '--from', directory, '--yes', '--patience', '600'];
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: 'ignore',
    env: { ...process.env, DATABASE_URL: database.url },
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await eventually('it waits, with work done', async () => {
    const { rows } = await database.query(
      `select from pg_stat_activity where datname = current_database() and application_name ~ '^drydock'
         and wait_event_type = 'Lock' and backend_xid is not null`,
    );
    return rows.length > 0;
  });
  child.kill('SIGKILL');
  await ended;
  await client.query('commit');
  const { phases } = await status({ databaseUrl: database.url });
  expect(phases.map(({ state }) => state).slice(0, 2)).toEqual(['cut-over', 'cut-over']);
  await rollbackFully({ databaseUrl: database.url, from: directory });
  expect((await picture(database)).rows).toEqual(before.rows);
  await expect(rollback({ databaseUrl: database.url })).resolves.toMatchObject({ dryRun: false });
});
