import { describe, expect, test } from 'vitest';
import { type LegacyMixture, mixtureOf, SHAPE_A, SHAPE_B } from '../../fixtures/mixture.js';
import { verify } from '../../src/index.js';
import { fill } from '../fixtures/filled.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { plan, run } from '../support/unifying.js';
import { isServer } from '../support/version.js';

async function filled(mixture: LegacyMixture, alterations: string): Promise<TestDatabase> {
  const database = await createTestDatabase('schemas');
  await fill(database, { mixture, submissions: 60, oddShare: 0 });
  await database.query(alterations);
  return database;
}

/** Runs, and holds what came of it against the legacy tables; the run itself has verified it by then. */
async function expectLossless(database: TestDatabase, mixture: LegacyMixture): Promise<void> {
  const report = await run({ databaseUrl: database.url, capture: false });
  expect(report).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }, { state: 'verified' }] });
  await expectEqual(await database.client(), pairsOf(mixture));
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
}

describe('what an assessment sums up may be of any type', () => {
  test('shape A: lists and amounts of money', async () => {
    const database = await filled(
      SHAPE_A,
      `alter table public.market_validations alter evidence type text[] using array[evidence::text, null];
       alter table public.score_components alter value type money using 3.5::money`,
    );
    await expectLossless(database, SHAPE_A);
  });

  test('shape B: binary strings, moments and uuids', async () => {
    const database = await filled(
      SHAPE_B,
      String.raw`alter table public.market_validations alter validation_result type bytea using '\x00ff',
         alter validation_type type text[] using array[validation_type];
       alter table public.opportunity_scores alter score_version drop default,
         alter score_version type timestamptz using timestamptz '2025-01-01' + interval '1 second' * abs(hashtext(id::text));
       alter table public.score_components alter metric_name type uuid using md5(metric_name)::uuid`,
    );
    await expectLossless(database, SHAPE_B);
  });
});

test('a column called as rows are in our statements does not become their key', async () => {
  const mixture = mixtureOf({ marketValidations: 'B' });
  const database = await filled(
    mixture,
    `alter table public.market_validations drop constraint market_validations_pkey, add column r text;
     alter table public.market_validations alter id drop not null;
     alter table public.market_validations alter opportunity_id drop not null;
     update public.market_validations set id = null, opportunity_id = null;
     insert into public.market_validations select * from public.market_validations limit 3`,
  );
  await expectLossless(database, mixture);
  const { rows } = await database.query(
    `select count(distinct merge_key)::int as keys, count(distinct v::text)::int as rows
       from public.opportunity_assessment_records r, (select v::text from public.market_validations v) v
      where r.source = 'market_validations'`,
  );
  expect(rows[0]?.keys).toBe(rows[0]?.rows);
});

test('submissions whose time is no moment have none', async () => {
  const database = await filled(
    SHAPE_A,
    `alter table public.submissions alter created_at drop default, alter created_at type time using '12:00'`,
  );
  await expectLossless(database, SHAPE_A);
});

test('of a table with the columns of both shapes, that of its own shape names the submission', async () => {
  const database = await filled(
    SHAPE_A,
    'alter table public.opportunities add column identified_from_submission_id uuid, add column app_name text',
  );
  await expectLossless(database, SHAPE_A);
  const { rows } = await database.query(
    `select count(*)::int as n from public.opportunities o
       where o.submission_id is not null
        and not exists (select from public.opportunities_unified u where u.submission_id = o.submission_id)`,
  );
  expect(rows).toEqual([{ n: 0 }]);
});

test.runIf(isServer(18))('a column that is not null for new rows only has nulls', async () => {
  const database = await filled(
    SHAPE_A,
    `alter table public.app_opportunities alter submission_id drop not null;
     update public.app_opportunities set submission_id = null;
     alter table public.app_opportunities add constraint later not null submission_id not valid`,
  );
  await expectLossless(database, SHAPE_A);
});

describe('tables that others inherit from', () => {
  const moved = (table: string) =>
    `create table public.more () inherits (public.${table});
     with gone as (delete from only public.${table} where id in (select id from public.${table} order by id limit 5) returning *)
       insert into public.more overriding system value select * from gone`;

  test('submissions are named wherever they stand', async () => {
    const database = await filled(
      SHAPE_A,
      `do $$ declare c record; begin
         for c in select conrelid::regclass as t, conname from pg_constraint where confrelid = 'public.submissions'::regclass
         loop execute format('alter table %s drop constraint %I', c.t, c.conname); end loop;
       end $$;
       ${moved('submissions')}`,
    );
    await expectLossless(database, SHAPE_A);
  });

  test.each(['opportunities', 'app_opportunities'])(
    '%s are refused where two rows have one id',
    async (table) => {
      const database = await filled(
        SHAPE_A,
        `create table public.more () inherits (public.${table});
       insert into public.more select * from only public.${table} order by id limit 1`,
      );
      expect(await plan({ databaseUrl: database.url })).toMatchObject({
        stops: [
          {
            code: 'no-unique-id',
            message: `Table public.${table} and the tables that inherit from it hold rows with the same id, or with none.`,
          },
        ],
      });
    },
  );
});

test('more columns than a table may have are refused before anything is written', async () => {
  const many = (table: string) =>
    `alter table public.${table} ${Array.from({ length: 550 }, (_, n) => `add column extra_${n} int`).join(', ')};`;
  const database = await filled(
    SHAPE_A,
    ['opportunities', 'app_opportunities', 'workflow_results'].map(many).join('\n'),
  );
  const { stops } = await plan({ databaseUrl: database.url });
  expect(stops.map(({ code }) => code)).toEqual(['too-many-columns', 'too-many-columns']);
  expect(stops[0]?.message).toMatch(
    /^Table public.opportunities_unified would have 1\d\d\d columns, and Postgres allows 1600: opportunities has 55\d, /,
  );
});
