import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type LegacyMixture,
  mixtureName,
  mixtureOf,
  SHAPE_A,
  SHAPE_B,
  SHAPE_B_DLT,
} from '../../fixtures/mixture.js';
import { qualified } from '../../src/db/identifier.js';
import { type Bench, columnsOf, expectIdentity, openBench, viewOf } from './bench.js';
import { expectSelective } from './selective.js';
import { worlds } from './world.js';

/** What later migrations did to somebody's tables: names that are ours, types over types, collations. */
const DEFORMED = `
  create collation public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  create domain public.key_id as uuid;
  create domain public.label as varchar(300) collate "C";
  create domain public.headline as public.label;
  create domain public.score as numeric(5,2);
  create type public.stage as enum ('identified', 'scored', 'odd one');
  alter table public.opportunities
    alter id type public.key_id, alter app_name type public.headline, alter problem_statement type text collate "C",
    alter proposed_solution type varchar(50) collate public.loose using left(proposed_solution, 50),
    add submission_id uuid, add title text collate public.loose, add residue jsonb, add merge_key uuid,
    add id_2 int, add score numeric, add assessment_score int, add from_opportunities boolean,
    add column "${'é'.repeat(31)}x" text, add column "${'\u{1F680}'.repeat(15)}" text;
  alter table public.submissions alter submission_id type varchar(255) collate public.loose, alter title type public.headline;
  alter table public.app_opportunities
    alter submission_id type text collate public.loose, alter title type text collate "C",
    alter trust_level type public.headline, alter trust_score type public.score,
    alter status type text collate public.loose,
    add concept text, add name text, add app_concept_2 text, add opportunity_id uuid, add submission_id_2 text;
  alter table public.workflow_results
    alter opportunity_id type varchar(255) collate public.loose,
    alter status drop default, alter status type public.stage using null,
    add results jsonb, add market_demand_score numeric(3,2), add source text, add unified_id uuid;
  alter table public.opportunity_scores
    alter id type public.key_id, add opportunity_id_2 uuid, add total_score_2 int, add method text, add residue jsonb;
  alter table public.market_validations add source text, add merge_key uuid, add evidence jsonb;
  alter table public.score_components add unified_id uuid, add opportunity_score_id uuid`;

const WITHOUT_KEYS = ['app_opportunities', 'workflow_results', 'market_validations', 'score_components']
  .map((table) => `;alter table public.${table} drop constraint ${table}_pkey, alter id drop not null`)
  .join('');

const CASES: readonly (readonly [name: string, mixture: LegacyMixture, deform: string])[] = [
  ...[
    SHAPE_A,
    SHAPE_B,
    SHAPE_B_DLT,
    mixtureOf({ submissions: 'none', workflowResults: 'A', marketValidations: 'A' }),
    mixtureOf({ submissions: 'A', opportunities: 'none', opportunityScores: 'none', scoreComponents: 'A' }),
    mixtureOf({ opportunities: 'A', appOpportunities: 'dlt', opportunityScores: 'A', scoreComponents: 'A' }),
  ].map((mixture) => [mixtureName(mixture), mixture, ''] as const),
  ['the second generation, deformed', SHAPE_B, DEFORMED + WITHOUT_KEYS],
  ['the first generation without keys', SHAPE_A, WITHOUT_KEYS],
];

describe.each(CASES)('%s', (_name, mixture, deform) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(mixture, deform);
  });

  test('the views have the columns of their tables: names, types, collations and order', async () => {
    for (const { phase } of bench.phases)
      for (const { rule, table } of phase.bound.sources)
        expect(await columnsOf(bench.session, viewOf(phase, rule.table))).toEqual(
          await columnsOf(bench.session, qualified(table.schema, table.name)),
        );
  });

  test('whatever the rows, unifying and restoring is the identity, and some are found as if all were read', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(bench.legacy.tables.values(), bench.copied), fc.nat(), async (world, seed) => {
        await expectIdentity(bench, world, seed);
        await expectSelective(bench, seed);
      }),
      // A counterexample is made smaller by hand: each attempt takes as long as the run itself.
      { numRuns: 4, endOnFailure: true },
    );
  });
});
