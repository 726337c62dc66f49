import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { generateLegacyData } from '../../../fixtures/generate.js';
import { type LegacyMixture, mixtureName } from '../../../fixtures/mixture.js';
import { run } from '../../../src/index.js';
import { opportunitiesPhase } from '../../../src/redditharbor/phases.js';
import { connected } from '../../fixtures/filled.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createLegacy, detect } from '../../support/legacy.js';
import { openSession } from '../../support/session.js';
import { described } from '../described.js';
import { golden, hashesOf, MIXTURES, writeGolden } from './golden.js';

/** Hashes of the rows of both tables, of their columns, indexes and constraints, and of the views over them. */
async function tableHashes(
  database: TestDatabase,
  { appOpportunities }: LegacyMixture,
): Promise<Record<string, string>> {
  // See `golden.ts`: notes have a column in any case.
  const isAlone = appOpportunities === 'none';
  const without = isAlone ? ` - 'notes'` : '';
  const one = async (sql: string) => {
    const { rows } = await database.query<{ text: string | null }>(sql);
    return createHash('sha256')
      .update(rows[0]?.text ?? '')
      .digest('hex')
      .slice(0, 16);
  };
  const rows = (table: string) =>
    one(
      `select string_agg(t.row, e'\\n' order by t.row collate "C") as text from (select (to_jsonb(x)${without})::text as row from public.${table} x) t`,
    );
  return {
    unified: await rows('opportunities_unified'),
    duplicates: await rows('opportunity_duplicates'),
    columns: await one(`
      select string_agg(concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)), e'\\n' order by attrelid::regclass::text collate "C", attnum) as text
      from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attrelid in ('public.opportunities_unified'::regclass, 'public.opportunity_duplicates'::regclass) and attnum > 0 ${isAlone ? `and attname <> 'notes'` : ''}`),
    constraints: await one(`
      select string_agg(x, e'\\n' order by x collate "C") as text from (
        select pg_get_constraintdef(oid) as x from pg_constraint where conrelid in ('public.opportunities_unified'::regclass, 'public.opportunity_duplicates'::regclass)
        union all select regexp_replace(indexdef, 'INDEX \\S+', 'INDEX') from pg_indexes where tablename in ('opportunities_unified', 'opportunity_duplicates')) t`),
    views: await one(`
      select string_agg(viewname || pg_get_viewdef((schemaname || '.' || viewname)::regclass), e'\\n' order by viewname collate "C") as text from pg_views
      where viewname in ('opportunities_legacy', 'app_opportunities_legacy', 'workflow_results_legacy')`),
  };
}

test.each(MIXTURES.map((mixture) => [mixtureName(mixture), mixture] as const))(
  'the declaration gives what the hand-written phase gave: %s',
  async (name, mixture) => {
    const database = await createTestDatabase('declared');
    await createLegacy(database, mixture, { extras: true });
    await generateLegacyData(() => connected(database.url), {
      mixture,
      submissions: 300,
      seed: 5,
      oddShare: 0.1,
      extras: true,
    });
    const session = await openSession(database.url);
    const legacy = await detect(session, mixture.schema, mixture.appSchema);
    const phase = opportunitiesPhase.bind(legacy, new Set());
    const { schema, appSchema } = mixture;
    await run({ databaseUrl: database.url, schema, appSchema, phases: ['opportunities'] });
    const said = hashesOf(described(phase), mixture);
    const made = await tableHashes(database, mixture);
    if (process.env.DRYDOCK_GOLDEN === 'write') {
      writeGolden('phases', name, said);
      writeGolden('rows', name, made);
      return;
    }
    expect(said).toEqual(golden.phases[name]);
    expect(made).toEqual(golden.rows[name]);
  },
);
