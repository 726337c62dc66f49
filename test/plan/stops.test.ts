import { beforeEach, describe, expect, test } from 'vitest';
import { mixtureOf, SHAPE_A } from '../../fixtures/mixture.js';
import { DrydockError, pause, type RunOptions, verify } from '../../src/index.js';
import { LEGACY_TABLES } from '../../src/redditharbor/tables.js';
import { catalogOf } from '../support/catalog.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { type Contents, prepared, tableHashes } from '../support/prepared.js';
import { createRole, type Role } from '../support/role.js';
import { plan, rollback, run, status } from '../support/unifying.js';

const DATA: Contents = { mixture: mixtureOf({}), submissions: 60, oddShare: 0 };
const UNIFIED: Contents = { ...DATA, run: { batchSize: 100 } };

/** Runs what has to be refused, and makes sure that nothing is there that was not there before. */
async function refused(database: TestDatabase, work: () => Promise<unknown>): Promise<DrydockError> {
  const before = await catalogOf(database);
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DrydockError);
  expect(await catalogOf(database)).toEqual(before);
  return error as DrydockError;
}

describe('what keeps a run from starting, says the plan and says the run', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await prepared(DATA);
  });

  const stops: readonly [string, string, string, RegExp][] = [
    [
      'missing columns',
      'alter table public.opportunities drop column app_name; alter table public.opportunities drop column status cascade',
      'missing-columns',
      /public\.opportunities .*app_name, status/,
    ],
    [
      'a table of that name',
      'create table public.opportunities_unified (id int)',
      'foreign-object',
      /"opportunities_unified" in schema "public"/,
    ],
    [
      'a view of that name',
      'create view public.market_validations_legacy as select 1 as one',
      'foreign-object',
      /"market_validations_legacy"/,
    ],
    [
      'an index of that name',
      'create index opportunity_duplicates on public.opportunities (status)',
      'foreign-object',
      /"opportunity_duplicates"/,
    ],
    [
      'a view in the place of a table',
      'alter table public.workflow_results rename to w; create view public.workflow_results as select * from public.w',
      'not-a-table',
      /workflow_results is not a table/,
    ],
  ];
  test.each(stops)('%s', async (_name, sql, code, message) => {
    await database.query(sql);
    const { stops: found } = await plan({ databaseUrl: database.url });
    expect(found).toMatchObject([{ code, message: expect.stringMatching(message) }]);
    const error = await refused(database, () => run({ databaseUrl: database.url }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), exitStatus: 2 });
    expect(error.next).not.toBe('');
  });

  test('a phase that there is none of', async () => {
    const phases = ['opportunity'] as unknown as ['opportunities'];
    for (const verb of [plan, run, verify])
      await expect(verb({ databaseUrl: database.url, phases })).rejects.toMatchObject({ code: 'bad-option' });
  });

  test('a schema "drydock" that somebody else made', async () => {
    await database.query('create schema drydock; create table drydock.runs (id int)');
    for (const verb of [plan, run, verify, status, rollback]) {
      const error = await refused(database, () => verb({ databaseUrl: database.url }));
      expect(error).toMatchObject({ code: 'foreign-ledger-schema' });
    }
  });

  test('no such schema, and a schema without legacy tables', async () => {
    for (const options of [{ schema: 'nowhere' }, { appSchema: 'nowhere' }]) {
      const error = await refused(database, () => run({ databaseUrl: database.url, ...options }));
      expect(error).toMatchObject({ code: 'no-schema', message: expect.stringContaining('"nowhere"') });
    }
    await database.query('create schema empty');
    const error = await refused(database, () => run({ databaseUrl: database.url, schema: 'empty' }));
    expect(error).toMatchObject({ code: 'no-legacy-tables' });
  });

  test('assessments before opportunities, or before they are complete', async () => {
    const options = { databaseUrl: database.url, phases: ['assessments'] } as const;
    expect(await refused(database, () => run(options))).toMatchObject({ code: 'phase-order' });
    const begun = await run({ databaseUrl: database.url, batchSize: 40, batches: { from: 1, to: 1 } });
    expect(begun.phases.map((phase) => phase.state)).toEqual(['loading']);
    expect(begun.warnings.join()).toMatch(/assessments was left out/);
    expect(await refused(database, () => run(options))).toMatchObject({ code: 'phase-order' });
  });

  test.each([
    { batchSize: 0 },
    { batchSize: 1.5 },
    { concurrency: 0 },
    { maxRejects: -1 },
  ] satisfies RunOptions[])('an option that makes no sense: %o', async (options) => {
    const error = await refused(database, () => run({ databaseUrl: database.url, ...options }));
    expect(error).toMatchObject({ code: 'bad-option' });
  });
});

describe('a user who may not do all', () => {
  let database: TestDatabase;
  let role: Role;
  const grants = {
    usage: 'usage on schema public',
    select: 'select on all tables in schema public',
    create: 'create on schema public',
    references: 'references on public.submissions',
    database: 'create on database',
  };
  type Right = keyof typeof grants;
  beforeEach(async () => {
    database = await prepared(DATA);
    role = await createRole(database);
    await database.query('revoke all on schema public from public');
  });
  const grant = async (...rights: Right[]) => {
    for (const right of rights) {
      const what = right === 'database' ? `${grants.database} "${database.name}"` : grants[right];
      await database.query(`grant ${what} to ${role.name}`);
    }
  };

  test('with exactly the rights that are asked for, everything works', async () => {
    await grant('usage', 'select', 'create', 'references', 'database');
    expect(await run({ databaseUrl: role.url, batchSize: 100 })).toMatchObject({ outcome: 'done' });
    await expectEqual(await database.client(), pairsOf(DATA.mixture));
    expect(await verify({ databaseUrl: role.url, strict: true, record: true })).toMatchObject({
      equal: true,
    });
    expect(await run({ databaseUrl: role.url })).toMatchObject({ outcome: 'nothing-to-do' });
    await rollback({ databaseUrl: role.url });
    const { rows } = await database.query(
      `select from pg_class where relowner = ${`'${role.name}'`}::regrole`,
    );
    expect(rows).toEqual([]);
  });

  test('a type of a legacy column that the user may not use is named, in a schema too', async () => {
    await grant('usage', 'select', 'create', 'references', 'database');
    await database.query(`create schema types; create type types.mood as enum ('calm');
      alter table public.opportunities add column mood types.mood, add column moods types.mood[];
      revoke usage on type types.mood from public`);
    const type = await refused(database, () => run({ databaseUrl: role.url }));
    expect(type).toMatchObject({
      code: 'missing-privilege',
      next: `grant usage on schema types to ${role.name}`,
    });
    await database.query(`grant usage on schema types to ${role.name}`);
    expect((await plan({ databaseUrl: role.url })).stops).toEqual([
      expect.objectContaining({ next: `grant usage on type types.mood to ${role.name}` }),
    ]);
    await database.query(`grant usage on type types.mood to ${role.name}`);
    expect(await run({ databaseUrl: role.url })).toMatchObject({ outcome: 'done' });
  });

  test('all that is missing is told at once, and how to grant all of it', async () => {
    await grant('usage', 'select');
    const { next } = await refused(database, () => run({ databaseUrl: role.url }));
    expect(next.match(/grant \w+ on [^;]+ to [^;]+/g)).toHaveLength(3);
  });

  const missing: readonly [Right, RegExp][] = [
    ['usage', /may not use schema "public"/],
    ['select', /may not read table public\.submissions/],
    ['create', /may not create tables in schema "public"/],
    ['references', /may not reference table public\.submissions/],
    ['database', /may not create the ledger's schema/],
  ];
  test.each(missing)('without %s', async (right, message) => {
    await grant(...(Object.keys(grants) as Right[]).filter((other) => other !== right));
    const error = await refused(database, () => run({ databaseUrl: role.url }));
    expect(error).toMatchObject({ code: 'missing-privilege', message: expect.stringMatching(message) });
  });

  test('a plan wants no more than to read, and writes nothing', async () => {
    await grant('usage', 'select');
    const before = await catalogOf(database);
    const report = await plan({ databaseUrl: role.url });
    expect(report.stops.map((stop) => stop.code)).toEqual([
      'missing-privilege',
      'missing-privilege',
      'missing-privilege',
    ]);
    expect(report.tables.map((table) => table.rows > 0)).toEqual(report.tables.map(() => true));
    expect(report.phases.map((phase) => phase.batches.count)).toEqual([1, 1]);
    expect(await catalogOf(database)).toEqual(before);
  });

  test('row-level security that may hide rows', async () => {
    await grant('usage', 'select', 'create', 'references', 'database');
    expect(await run({ databaseUrl: role.url, phases: ['opportunities'] })).toMatchObject({
      outcome: 'done',
    });
    await database.query(`alter table public.app_opportunities enable row level security;
      create policy half on public.app_opportunities using (status < 'm')`);
    for (const verb of [run, verify]) {
      const error = await refused(database, () => verb({ databaseUrl: role.url }));
      expect(error).toMatchObject({
        code: 'row-level-security',
        message: expect.stringMatching(/Row-level security on table public\.app_opportunities/),
      });
    }
    expect((await plan({ databaseUrl: role.url })).stops).toMatchObject([{ code: 'row-level-security' }]);
    // A superuser sees all rows.
    expect(await verify({ databaseUrl: database.url })).toMatchObject({ equal: true });
  });

  test("another user's ledger", async () => {
    await run({ databaseUrl: database.url });
    await grant('usage', 'select', 'create', 'references', 'database');
    for (const verb of [plan, run, verify, status, rollback]) {
      const error = await refused(database, () => verb({ databaseUrl: role.url }));
      expect(error).toMatchObject({
        code: 'missing-privilege',
        message: expect.stringContaining('"drydock"'),
      });
    }
  });
});

describe('what changed since the run', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await prepared(UNIFIED);
  });

  const changes: readonly [string, string, RegExp][] = [
    [
      'a new column',
      'alter table public.workflow_results add column tokens int',
      /opportunities was begun .*: column workflow_results\.tokens was not there, now integer\.$/,
    ],
    [
      'another type',
      'alter table public.opportunities alter column status type varchar(60)',
      /column opportunities\.status was character varying\(50\), now character varying\(60\)/,
    ],
    [
      'a lost column',
      'alter table public.opportunities drop column market_segment',
      /column opportunities\.market_segment was .*, and is not there any more/,
    ],
    [
      'a lost table',
      'drop table public.score_components',
      /assessments was begun .*table score_components is not there any more/,
    ],
    [
      'a table that moved',
      'create schema public_staging; alter table public.app_opportunities set schema public_staging',
      /table app_opportunities was in schema public, now public_staging/,
    ],
    [
      'no submissions any more to resolve keys by',
      'alter table public.submissions rename to posts',
      /opportunities was begun .*: table submissions is not there any more\.$/,
    ],
    [
      'submissions without their time, by which the oldest one is known',
      'alter table public.submissions drop column created_at',
      /opportunities was begun .*: column submissions\.created_at is not there any more\.$/,
    ],
  ];
  test.each(changes)('%s', async (_name, sql, message) => {
    await database.query(sql);
    const hashes = await tableHashes(database, { physical: true });
    for (const verb of [run, verify, plan]) {
      const error = await refused(database, () => verb({ databaseUrl: database.url }));
      expect(error).toMatchObject({ code: 'configuration-changed', message: expect.stringMatching(message) });
    }
    expect(await tableHashes(database, { physical: true })).toEqual(hashes);
    expect((await status({ databaseUrl: database.url })).phases.map((phase) => phase.state)).toEqual([
      'verified',
      'verified',
    ]);
  });

  test('another batch size, of the second phase alone too', async () => {
    const error = await refused(database, () => run({ databaseUrl: database.url, batchSize: 99 }));
    expect(error).toMatchObject({
      code: 'configuration-changed',
      message: expect.stringContaining('100 rows, not 99'),
    });
    await rollback({ databaseUrl: database.url, phases: ['assessments'] });
    await run({ databaseUrl: database.url, phases: ['assessments'], batchSize: 70 });
    await database.query(`update public.opportunities set proposed_solution = 'changed'`);
    const hashes = await tableHashes(database, { physical: true });
    const second = await refused(database, () =>
      run({ databaseUrl: database.url, batchSize: 100, batches: { from: 1, to: 1 } }),
    );
    expect(second).toMatchObject({
      code: 'configuration-changed',
      message: expect.stringContaining('70 rows, not 100'),
    });
    expect(await tableHashes(database, { physical: true })).toEqual(hashes);
  });

  test('another version of Drydock wrote the ledger', async () => {
    await database.query(`comment on schema drydock is 'Drydock ledger, version 999'`);
    for (const verb of [plan, run, verify, status, rollback, pause]) {
      const error = await refused(database, () => verb({ databaseUrl: database.url }));
      expect(error).toMatchObject({
        code: 'other-ledger-version',
        message: expect.stringMatching(/version 999; this is version \d+/),
      });
    }
  });

  test('another version of the mapping loaded a part', async () => {
    await database.query(`update drydock.phases set config = jsonb_set(config, '{mapping}', '999')`);
    const error = await refused(database, () => run({ databaseUrl: database.url }));
    expect(error).toMatchObject({
      code: 'configuration-changed',
      message: expect.stringMatching(/begun with .*: version 999 of Drydock's mapping, now \d+\.$/),
    });
  });

  test('a table of ours that vanished', async () => {
    await database.query('drop table public.opportunity_duplicates cascade');
    for (const verb of [run, verify]) {
      const error = await refused(database, () => verb({ databaseUrl: database.url }));
      expect(error).toMatchObject({
        code: 'table-vanished',
        message: expect.stringContaining('opportunity_duplicates'),
      });
    }
    // As it says: begin anew.
    await rollback({ databaseUrl: database.url });
    expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  });
});

describe('tables that are missing altogether are fine', () => {
  const tables = LEGACY_TABLES;
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ...tables.map((table) => [`without ${table}`, [table]] as const),
    ['nothing but app_opportunities', tables.filter((table) => table !== 'app_opportunities')],
    ['nothing but submissions', tables.filter((table) => table !== 'submissions')],
  ];
  test.each(cases)('%s', async (_name, missing) => {
    const database = await prepared({ ...DATA, mixture: SHAPE_A });
    await database.query(`drop table ${missing.map((table) => `public.${table}`).join(', ')} cascade`);
    const { warnings, stops } = await plan({ databaseUrl: database.url });
    expect(stops).toEqual([]);
    for (const table of missing) expect(warnings.join()).toContain(`Table ${table} is not there`);
    // What a mixture of the fixtures leaves out is run in test/verbs/equality.test.ts.
    if (missing.length === 1 && !['submissions', 'opportunities'].includes(missing[0] ?? '')) return;
    expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
    const there = pairsOf(SHAPE_A).filter((pair) => !missing.includes(pair.name));
    await expectEqual(await database.client(), there);
  });
});
