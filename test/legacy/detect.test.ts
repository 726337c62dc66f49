import { beforeEach, describe, expect, test } from 'vitest';
import { mixtureOf, SHAPE_A, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { representativeMixtures } from '../../fixtures/mixtures.js';
import { ident } from '../../src/db/identifier.js';
import type { Session } from '../../src/db/session.js';
import { extraColumns, type LegacyDatabase } from '../../src/legacy/detect.js';
import { type LegacyTableName, SHAPES } from '../../src/redditharbor/tables.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createLegacy, detect } from '../support/legacy.js';
import { openSession } from '../support/session.js';

let database: TestDatabase;
let session: Session;
beforeEach(async () => {
  database = await createTestDatabase('detect');
  session = await openSession(database.url);
});

const shapes = (legacy: LegacyDatabase) =>
  Object.fromEntries([...legacy.tables].map(([name, table]) => [name, table.shape.name]));
const codes = (legacy: LegacyDatabase) => legacy.stops.map(({ code, message }) => `${code}: ${message}`);
/** A table with just these columns; `id` is its key. */
const create = (name: string, columns: Iterable<string>, schema = 'public') =>
  session.execute(
    `create table ${ident(schema)}.${ident(name)} (${[...new Set(columns)].map((column) => (column === 'id' ? 'id uuid primary key' : `${ident(column)} text`)).join(', ')})`,
  );

test('every mixture of the fixtures is what it says', async () => {
  for (const mixture of [...representativeMixtures(), SHAPE_B_DLT]) {
    const own = await createTestDatabase('mixture');
    await createLegacy(own, mixture, { extras: true });
    const legacy = await detect(await openSession(own.url), mixture.schema, mixture.appSchema);
    const expected = {
      submissions: mixture.submissions, opportunities: mixture.opportunities, app_opportunities: mixture.appOpportunities,
      workflow_results: mixture.workflowResults, opportunity_scores: mixture.opportunityScores,
      market_validations: mixture.marketValidations, score_components: mixture.scoreComponents,
    }; // biome-ignore format: a table
    const present = Object.entries(expected).filter(([, shape]) => shape !== 'none');
    expect(shapes(legacy)).toEqual(Object.fromEntries(present));
    expect(legacy.stops).toEqual([]);
    // Only the extra columns are unknown.
    for (const [name, table] of legacy.tables) {
      const extras = name === 'submissions' ? undefined : 16;
      if (extras !== undefined) expect(extraColumns(table)).toHaveLength(extras);
    }
  }
});

describe('the shape', () => {
  test.each(Object.entries(SHAPES).flatMap(([name, list]) => list.map((shape) => [name, shape] as const)))(
    'of %s with all its columns is told',
    async (name, shape) => {
      await create(name, [...shape.needed, ...shape.tellTale, ...shape.known]);
      const legacy = await detect(session, 'public');
      expect(shapes(legacy)).toEqual({ [name]: shape.name });
      expect(legacy.stops).toEqual([]);
      expect(extraColumns(legacy.tables.get(name as LegacyTableName) as never)).toEqual([]);
    },
  );

  test('is told by most of the columns that only it has', async () => {
    // A second generation to which somebody added two columns of the first.
    const [, b] = SHAPES.opportunities;
    await create('opportunities', [...(b?.needed ?? []), 'title', 'description', 'core_function_count']);
    expect(shapes(await detect(session, 'public'))).toEqual({ opportunities: 'B' });
  });

  test('of a table that is both is the one that lacks less, and always the same', async () => {
    const [a, b] = SHAPES.opportunity_scores;
    const both = [...(a?.tellTale ?? []), ...(b?.tellTale ?? []), ...(b?.needed ?? [])];
    await create(
      'opportunity_scores',
      both.filter((column) => column !== 'monetization_potential'),
    );
    const legacy = await detect(session, 'public');
    expect(shapes(legacy)).toEqual({ opportunity_scores: 'B' });
    expect(legacy.stops).toEqual([]);
  });

  test.each([
    [['submission_id', '_dlt_id'], 'dlt'],
    [['submission_id', '_dlt_id', '_dlt_load_id', 'id', 'app_concept'], 'dlt'],
    [['submission_id', 'app_concept'], 'dlt'],
  ])('of app_opportunities with %j is %s', async (columns, shape) => {
    await create('app_opportunities', columns);
    expect(shapes(await detect(session, 'public'))).toEqual({ app_opportunities: shape });
  });
});

describe('what makes a table unusable', () => {
  test('missing columns are listed, all of them', async () => {
    await create('opportunities', [
      'id',
      'problem_statement',
      'identified_from_submission_id',
      'opportunity_id',
    ]);
    await create('workflow_results', ['id', 'workflow_type']);
    expect(codes(await detect(session, 'public'))).toEqual([
      'missing-columns: Table public.opportunities looks like shape B but lacks app_name, status, created_at.',
      'missing-columns: Table public.workflow_results looks like shape A but lacks opportunity_id, status.',
    ]);
  });

  test.each([
    ['no key', 'id uuid not null'],
    ['a key that may be null', 'id uuid unique'],
    ['a key that is no uuid', 'id text primary key'],
    ['a key of two columns', `id uuid, part int, primary key (id, part)`],
  ])('ids that name no row: %s', async (_what, id) => {
    const [a] = SHAPES.submissions;
    const others = [...(a?.needed ?? []), ...(a?.tellTale ?? [])].filter((column) => column !== 'id');
    await session.execute(
      `create table public.submissions (${id}, ${[...new Set(others)].map((name) => `${name} text`).join(', ')})`,
    );
    expect(codes(await detect(session, 'public'))).toEqual([
      'no-unique-id: Column id of table public.submissions is not a uuid with a primary key or a unique index of its own.',
    ]);
  });

  test('a view is not a table', async () => {
    await create('x', SHAPES.score_components[1]?.needed ?? []);
    await session.execute('create view public.score_components as select * from public.x');
    expect(codes(await detect(session, 'public'))).toEqual([
      'not-a-table: public.score_components is not a table (pg_class.relkind is v).',
    ]);
  });

  test('nothing there at all', async () => {
    expect(codes(await detect(session, 'public'))).toEqual([
      'no-legacy-tables: There is no legacy table in schema "public".',
    ]);
  });
});

describe('where the tables live', () => {
  test('app_opportunities is looked for in the schema, then in the staging schema', async () => {
    await session.execute('create schema public_staging');
    await create('app_opportunities', ['submission_id', '_dlt_id'], 'public_staging');
    await create('opportunities', SHAPES.opportunities[0]?.needed ?? []);
    const found = await detect(session, 'public');
    expect([found.appSchema, found.tables.get('app_opportunities')?.schema]).toEqual([
      'public_staging',
      'public_staging',
    ]);
    await create('app_opportunities', ['submission_id', '_dlt_id']);
    expect((await detect(session, 'public')).appSchema).toBe('public');
    expect((await detect(session, 'public', 'public_staging')).appSchema).toBe('public_staging');
  });

  test('a schema that is named is not left for another one', async () => {
    await createLegacy(database, mixtureOf({ appOpportunities: 'dlt', appSchema: 'public_staging' }));
    const legacy = await detect(session, 'public', 'public');
    expect(legacy.tables.has('app_opportunities')).toBe(false);
  });

  test('any name of a schema will do; one that is not there is an error', async () => {
    const schema = 'Old "harbor"';
    await createLegacy(database, { ...SHAPE_A, schema, appSchema: schema });
    expect((await detect(session, schema)).tables.size).toBe(7);
    await expect(detect(session, 'nowhere')).rejects.toThrow('no schema "nowhere"');
    await expect(detect(session, schema, 'nowhere')).rejects.toThrow('no schema "nowhere"');
  });
});
