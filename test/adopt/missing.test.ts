import { beforeAll, expect, test } from 'vitest';
import { adopt, type DrydockError, rollback, run, status, sync, verify } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createRole } from '../support/role.js';
import { bindings, gotTo, strand } from './copies.js';

let original: TestDatabase;

beforeAll(async () => {
  original = await gotTo('one phase cut over');
});

/** A stranded copy, of which something is not as it was. */
async function copyWith(sql: string): Promise<TestDatabase> {
  const copy = await createTestDatabase('copy', { template: original.name });
  await strand(copy);
  await copy.query(sql);
  return copy;
}

const verdicts = (findings: Awaited<ReturnType<typeof adopt>>['findings']) =>
  findings.map(({ verdict, code, object }) => `${verdict} ${code} ${object}`);

test('views and triggers that a dump did not carry are made again, and what was not caught is loaded again', async () => {
  const copy = await copyWith(
    `drop view opportunities; drop view opportunities_legacy; drop view market_validations_legacy;
     drop trigger drydock_capture_update on opportunity_scores; drop trigger drydock_reverse_row on opportunities_unified`,
  );
  const databaseUrl = copy.url;
  const done = await adopt({ databaseUrl });
  expect(done.outcome).toBe('adopted');
  expect(verdicts(done.findings).sort()).toEqual([
    'again capture triggers on public.opportunity_scores',
    'again missing view public.market_validations_legacy',
    'again missing view public.opportunities',
    'again missing view public.opportunities_legacy',
  ]);
  // The phase whose triggers were missing is loaded again; the one that is cut over stays so.
  expect((await status({ databaseUrl })).phases.map(({ state }) => state)).toEqual([
    'cut-over',
    'loading',
    'verified',
  ]);
  await copy.query(`insert into opportunities_unified (title, problem_statement) values ('direct', 'x')`);
  await copy.query(`insert into opportunities (title, problem_statement) values ('old name', 'x')`);
  await run({ databaseUrl });
  await sync({ databaseUrl });
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });
});

test('what belongs to somebody else, or is another thing, stops it, and nothing is changed', async () => {
  const copy = await copyWith(`alter table opportunity_assessment_records drop column merge_key cascade`);
  const databaseUrl = copy.url;
  const planter = await createRole(copy, 'planter');
  await copy.query(`alter table opportunity_assessments owner to ${planter.name}`);
  const before = await bindings(copy);
  const refused = await adopt({ databaseUrl });
  expect(refused.outcome).toBe('refused');
  // What is on a table belongs to whom the table belongs to.
  expect(verdicts(refused.findings.filter(({ verdict }) => verdict === 'stops'))).toEqual([
    'stops differs table public.opportunity_assessment_records',
    'stops owner table public.opportunity_assessments',
    'stops owner trigger public.drydock_changed_opportunity_assessments',
    'stops owner index public.opportunity_assessments_score_confidence_idx',
  ]);
  expect(await bindings(copy)).toEqual(before);
  const accepted = await adopt({
    databaseUrl,
    dryRun: true,
    acceptOwners: [planter.name.replaceAll('"', '')],
  });
  expect(verdicts(accepted.findings.filter(({ verdict }) => verdict === 'stops'))).toEqual([
    'stops differs table public.opportunity_assessment_records',
  ]);
});

test('a moved table that is missing stops it; ours of a phase that is not cut over is reported', async () => {
  const copy = await copyWith(`drop table opportunity_assessment_records cascade`);
  const dry = await adopt({ databaseUrl: copy.url, dryRun: true });
  expect(dry.outcome).toBe('would-adopt');
  expect(dry.findings).toContainEqual(
    expect.objectContaining({
      verdict: 'warned',
      object: 'table public.opportunity_assessment_records',
      next: expect.stringMatching(/drydock rollback --phase assessments, then/),
    }),
  );
  await copy.query('drop table drydock_legacy.workflow_results cascade');
  const refused = await adopt({ databaseUrl: copy.url });
  expect(refused.outcome).toBe('refused');
  expect(verdicts(refused.findings)).toContain('stops missing table drydock_legacy.workflow_results');
});

test('a schema with another name, and a ledger without its comment, are refused with the way out', async () => {
  const copy = await createTestDatabase('renamed', { template: original.name });
  const databaseUrl = copy.url;
  await copy.query('alter schema public rename to elsewhere; create schema public');
  for (const schema of ['public', 'elsewhere']) {
    await expect(status({ databaseUrl, schema })).rejects.toMatchObject({
      code: 'schema-renamed',
      next: 'Give it its name back: alter schema "elsewhere" rename to "public".',
    });
  }
  await copy.query('drop schema public; alter schema elsewhere rename to public');
  await copy.query('comment on schema drydock is null');
  await expect(status({ databaseUrl })).rejects.toMatchObject({
    code: 'foreign-ledger-schema',
    next: expect.stringMatching(/comment on schema drydock is 'Drydock ledger, version/),
  });
});

test('functions, triggers and indexes with other ids are found by all else that is known of them', async () => {
  const copy = await createTestDatabase('upgraded', { template: original.name });
  const databaseUrl = copy.url;
  // As pg_upgrade leaves them, and reindex concurrently.
  await copy.query(
    `update drydock.objects set oid = (oid::bigint + 1000000)::oid where kind in ('function', 'trigger', 'index')`,
  );
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });
  await copy.query(`alter function drydock.count_statements_public() set work_mem = '1MB'`);
  const { phases } = await verify({ databaseUrl, phases: ['enhancements'] });
  expect(phases[0]?.invariants.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
    'function count_statements_public is as it was made',
  ]);
});

test('a copy without any comment is adopted once the ledger has its own back, and is left without a trace', async () => {
  const copy = await createTestDatabase('uncommented', { template: original.name });
  const databaseUrl = copy.url;
  await strand(copy);
  // As `pg_dump --no-comments` and a restore leave it.
  await copy.query(`delete from pg_description d using pg_class c where c.oid = d.objoid and d.classoid = 'pg_class'::regclass and c.oid >= 16384;
    delete from pg_description where classoid in ('pg_namespace'::regclass, 'pg_proc'::regclass, 'pg_trigger'::regclass) and objoid >= 16384`);
  const refusal = await status({ databaseUrl }).catch((error: DrydockError) => error);
  const [, marked = ''] = /(comment on schema .*?'); then/.exec((refusal as DrydockError).next) ?? [];
  await copy.query(marked);
  expect((await adopt({ databaseUrl })).outcome).toBe('adopted');
  await copy.query(`insert into opportunities_unified (title, problem_statement) values ('direct', 'x')`);
  await sync({ databaseUrl });
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });
  await rollback({ databaseUrl });
  await rollback({ databaseUrl, drop: true });
  const { rows } = await copy.query(
    `select nspname as name from pg_namespace where nspname like 'drydock%'
     union all select tgname from pg_trigger where tgname like 'drydock%' union all select proname from pg_proc where pronamespace::regnamespace::text like 'drydock%'`,
  );
  expect(rows).toEqual([]);
});
