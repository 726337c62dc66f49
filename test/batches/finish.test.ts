import { beforeAll, describe, expect, test } from 'vitest';
import { type LegacyMixture, SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import type { TestDatabase } from '../support/database.js';
import { pairsOf } from '../support/legacy-views.js';
import { OUR_TABLES, prepared } from '../support/prepared.js';
import { run } from '../support/unifying.js';

/** The columns by which applications look legacy rows up. */
const KEYS = [
  'id',
  'submission_id',
  'identified_from_submission_id',
  'opportunity_id',
  'opportunity_score_id',
  '_dlt_id',
];

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Keys whose views have a cast that the planner cannot leave out, and one that it can. */
const DOMAINS = `
  create domain public.raw as varchar(255) check (value <> '');
  create domain public.key as uuid not null check (value <> '00000000-0000-0000-0000-000000000000');
  create domain public.post as varchar(255) not null;
  create domain public.word as varchar(255);
  alter table public.opportunities alter id type public.key, alter opportunity_id type public.raw;
  alter table public.workflow_results alter opportunity_id type public.word;
  alter table public.app_opportunities alter submission_id type public.post;
  alter table public.opportunity_scores alter opportunity_id type public.key;
  alter table public.market_validations alter id type public.key`;

describe.each([
  ['A', SHAPE_A, ''],
  ['B', SHAPE_B, ''],
  ['B with dlt', SHAPE_B_DLT, ''],
  ['B with domains', SHAPE_B, DOMAINS],
] satisfies [string, LegacyMixture, string][])(
  'a query on a legacy view by a key uses an index, shape %s',
  (_name, mixture, sql) => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await prepared({ mixture, submissions: 3000, oddShare: 0, sql });
      await run({ databaseUrl: database.url });
    });

    test.each(pairsOf(mixture).map((pair) => [pair.name, pair] as const))(
      '%s',
      async (_table, { name, table, view }) => {
        const client = await database.client();
        const { rows: columns } = await client.query<{ column: string; type: string }>(
          `select attname as column, format_type(atttypid, atttypmod) as type from pg_attribute
        where attrelid = $1::regclass and attname = any ($2) order by attnum`,
          [view, KEYS],
        );
        expect(columns.length).toBeGreaterThan(name === 'app_opportunities' ? 1 : 1);
        for (const { column, type } of columns) {
          const { rows } = await client.query<{ value: string; n: number }>(
            `select ${column}::text as value, count(*)::int as n from ${table} where ${column} is not null group by 1 order by md5(${column}::text) limit 1`,
          );
          const [sample] = rows;
          if (sample === undefined) throw new Error(`no value in ${name}.${column}`);
          const query = `select * from ${view} where ${column} = $1::${type}`;
          expect((await client.query(query, [sample.value])).rowCount, `rows by ${name}.${column}`).toBe(
            sample.n,
          );
          const literal = `'${sample.value.replaceAll("'", "''")}'`;
          const { rows: explained } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
            `explain (format json) select * from ${view} where ${column} = ${literal}`,
          );
          const nodes = nodesOf(explained[0]?.['QUERY PLAN'][0].Plan as PlanNode);
          const scanned = nodes.filter(
            (node) =>
              node['Node Type'].includes('Seq Scan') &&
              (OUR_TABLES as readonly string[]).includes(node['Relation Name'] ?? ''),
          );
          expect(scanned, `sequential scans for ${name}.${column}`).toEqual([]);
        }
      },
    );
  },
);

test('the newest rows of a legacy view come from an index, whatever table they are in', async () => {
  const database = await prepared({ mixture: SHAPE_B, submissions: 3000, oddShare: 0 });
  await run({ databaseUrl: database.url, phases: ['opportunities', 'assessments', 'enhancements'] });
  const newest = (table: string) =>
    `select r.id, r.problem_statement, r.created_at from ${table} r order by r.created_at desc nulls first, r.id limit 50`;
  const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (format json) ${newest('opportunities_legacy')}`,
  );
  const types = nodesOf(rows[0]?.['QUERY PLAN'][0].Plan as PlanNode).map((node) => node['Node Type']);
  expect(types).toEqual(expect.arrayContaining(['Merge Append', 'Index Scan']));
  expect(types).not.toContain('Seq Scan');
  const answers = await Promise.all(
    ['opportunities', 'opportunities_legacy'].map(
      async (table) => (await database.query(newest(table))).rows,
    ),
  );
  expect(answers[1]).toEqual(answers[0]);
});
