import fc from 'fast-check';
import { encode, NULL } from '../../fixtures/copy-text.js';
import { scaledNumerics } from '../../fixtures/odd/numbers.js';
import { ODD_POOLS } from '../../fixtures/odd/pools.js';
import { TINY_TEXTS } from '../../fixtures/odd/texts.js';
import { uuidV5 } from '../../src/keys/uuid.js';
import { type CatalogColumn, isUniqueKey } from '../../src/legacy/catalog.js';
import type { LegacyTable } from '../../src/legacy/detect.js';
import { KNOWN_STATUSES } from '../../src/redditharbor/questions/declared-rules.js';

/** Rows of each legacy table as COPY lines, of the columns that a COPY may name. */
export type World = ReadonlyMap<string, readonly string[]>;

/** Few submissions, opportunities and scores for many rows, so that rows of all tables meet. */
const SUBMISSIONS = 50;
const OPPORTUNITIES = 110;
const SCORES = 60;

const submissionId = (n: number) => uuidV5(`submission ${n}`);
const opportunityId = (n: number) => uuidV5(`opportunity ${n}`);
const scoreId = (n: number) => uuidV5(`score ${n}`);
const redditId = (n: number) => `r${n}x`;

/** One submission's id as somebody may have written it; or an id that is nobody's. */
const rawId = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.nat(SUBMISSIONS + 2), fc.nat(7)).map(([n, spelling]) => spell(n, spelling)),
  },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_POOLS.strayId) },
);

function spell(n: number, spelling: number): string {
  const id = submissionId(n);
  const spellings = [
    redditId(n),
    `t3_${redditId(n)}`,
    `opp_${redditId(n)}`,
    `opp_t3_${redditId(n)}`,
    id,
    id.toUpperCase(),
    `opp_${id}`,
    `t3_${id.slice(0, 18).toUpperCase()}${id.slice(18)}`,
  ];
  return encode(spellings[spelling] ?? '');
}

/** Names and problems: few, written in several ways, so that some rows are the same idea and some are not. */
const idea = fc
  .constantFrom('Budget tracker', 'budget  TRACKER!', 'Meal planner', 'MEAL-PLANNER', 'Straße', 'strasse', '')
  .map(encode);

const from = (values: readonly string[]) => fc.constantFrom(...values);
const nullable = (value: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(NULL) });

const moment = fc
  .tuple(
    fc.constantFrom('2025-11-18 12:34:5', '2025-11-17 00:00:0', '1999-01-01 00:00:0'),
    fc.nat(9),
    fc.constantFrom('', '.1', '.000001', '.123456'),
  )
  .map((parts) => parts.join(''));

/** A generated column adds them up. */
const tokens = fc.nat(1000).map(String);

const SPECIAL: Readonly<Record<string, fc.Arbitrary<string>>> = {
  status: nullable(fc.oneof(from(KNOWN_STATUSES), from(['Built', 'on hold', '']))),
  core_functions: from([...ODD_POOLS.coreFunctions, encode('["one", "two"]'), encode('["one"]')]),
  function_list: from([...ODD_POOLS.functionList, encode('["one", "two"]')]),
  trust_level: nullable(from(['HIGH', 'high', 'Very_High', 'UNKNOWN', 'low'])),
  trust_badge: nullable(from(['GOLD', 'gold', 'No-Badge', 'NO-BADGE'])),
  title: nullable(
    fc.oneof({ weight: 3, arbitrary: idea }, { weight: 1, arbitrary: from(TINY_TEXTS.map(encode)) }),
  ),
  app_name: nullable(idea),
  problem_statement: nullable(
    fc.oneof({ weight: 3, arbitrary: idea }, { weight: 1, arbitrary: from(ODD_POOLS.text) }),
  ),
  prompt_tokens: nullable(tokens),
  completion_tokens: tokens,
  // Of a domain with a check.
  market_share: nullable(from(ODD_POOLS.percentNumeric)),
  score_version: nullable(from(['1.0', '1.10', '1.9', '2', '02', '10000000000000000', 'beta', '1.0-rc1'])),
  validation_type: nullable(from(['survey', 'interview', 'é', '\\N'].map(encode))),
  metric_name: nullable(from(['reach', 'cost', 'é'].map(encode))),
  component_type: nullable(from(['reach', 'cost', 'é'].map(encode))),
};

/** The labels of enums, by type. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  'public."Review Stage"': ['new', 'in review', "it's done"],
  'public.stage': ['identified', 'scored', 'odd one'],
};

function valuesOf({ name, type }: CatalogColumn): fc.Arbitrary<string> {
  const special = SPECIAL[name];
  if (special !== undefined && name === 'core_functions' && type.category === 'S')
    return from(ODD_POOLS.coreFunctionsText);
  if (type.category === 'E') return nullable(from(ENUMS[type.name] ?? []));
  if (special !== undefined) return special;
  const length = /\((\d+)\)$/.exec(type.base)?.[1];
  switch (type.kind) {
    case 'numeric': {
      const [, precision, scale] = /\((\d+),(\d+)\)/.exec(type.base) ?? [];
      if (precision === undefined) return from(ODD_POOLS.numeric);
      const [p, s] = [Number(precision), Number(scale)];
      const unit = fc
        .nat(10 ** s)
        .filter((value) => p > s || value < 10 ** s)
        .map((value) => (value / 10 ** s).toFixed(s));
      return nullable(
        fc.oneof({ weight: 4, arbitrary: unit }, { weight: 1, arbitrary: from(scaledNumerics(p, s)) }),
      );
    }
    case 'float8':
      return nullable(
        fc.oneof(
          from(ODD_POOLS.float8),
          fc.nat(10_000).map((value) => String(value / 100)),
        ),
      );
    case 'int4':
    case 'int8':
      // The total of the percent scale holds no more.
      if (name.endsWith('_score')) return nullable(fc.integer({ min: -20, max: 150 }).map(String));
      return nullable(
        fc.oneof(
          { weight: 3, arbitrary: fc.nat(100).map(String) },
          { weight: 1, arbitrary: from(ODD_POOLS.int4) },
        ),
      );
    case 'timestamptz':
      return nullable(
        fc.oneof(
          { weight: 2, arbitrary: moment.map((time) => `${time}+00`) },
          { weight: 1, arbitrary: from(ODD_POOLS.timestamptz) },
        ),
      );
    case 'timestamp':
      return nullable(
        fc.oneof({ weight: 2, arbitrary: moment }, { weight: 1, arbitrary: from(ODD_POOLS.timestamp) }),
      );
    case 'bool':
      return from(['t', 'f', NULL]);
    case 'jsonb':
      return from(ODD_POOLS.jsonb);
    case 'json':
      return from(ODD_POOLS.json);
    case 'bytea':
      return from(ODD_POOLS.bytea);
    case 'interval':
      return from(ODD_POOLS.interval);
    case 'money':
      return from(ODD_POOLS.money);
    case '_text':
      return from(ODD_POOLS.textArray);
    case 'bpchar':
      return from(ODD_POOLS.char10);
    case 'text':
    case 'varchar':
      return from(length === undefined ? ODD_POOLS.text : ODD_POOLS.short);
    default:
      return fc.constant(NULL);
  }
}

/** What points from one table to another. */
function pointerOf({ name, type }: CatalogColumn): fc.Arbitrary<string> | undefined {
  const isUuid = type.kind === 'uuid';
  switch (name) {
    case 'submission_id':
    case 'identified_from_submission_id':
      return nullable(isUuid ? fc.nat(SUBMISSIONS + 1).map(submissionId) : rawId);
    case 'opportunity_id':
      return nullable(isUuid ? fc.nat(OPPORTUNITIES + 3).map(opportunityId) : rawId);
    case 'opportunity_score_id':
      return nullable(fc.nat(SCORES + 2).map(scoreId));
    case 'id':
      return fc.constant(NULL);
    default:
      return undefined;
  }
}

/** Each row gets an id of its own; in the tables that others point to, those that they point to. */
const idOf = (table: string, n: number): string => {
  switch (table) {
    case 'submissions':
      return submissionId(n);
    case 'opportunities':
      return opportunityId(n);
    case 'opportunity_scores':
      return scoreId(n);
    default:
      return uuidV5(`${table} ${n}`);
  }
};

/** Where nothing forbids it, two rows have one id, or none. */
const repeatedId = (table: string, n: number) => (n % 5 === 0 ? NULL : idOf(table, n % 40));

const MOST_ROWS: Readonly<Record<string, number>> = {
  submissions: SUBMISSIONS,
  opportunities: OPPORTUNITIES,
  app_opportunities: 110,
  workflow_results: 110,
  opportunity_scores: SCORES,
  market_validations: 110,
  score_components: 110,
};

/** The columns of a table that a COPY may name. */
export type Copied = ReadonlyMap<string, readonly CatalogColumn[]>;

/** Worlds of rows that stand in every relation to each other, with values of every kind, odd ones included. */
export function worlds(tables: Iterable<LegacyTable>, copied: Copied): fc.Arbitrary<World> {
  const parts = [...tables].map((table) => {
    const columns = copied.get(table.name) ?? [];
    const fields = columns.map((column) =>
      table.name === 'submissions' && ['reddit_id', 'submission_id'].includes(column.name)
        ? fc.tuple(fc.nat(SUBMISSIONS), fc.nat(3)).map(([n, spelling]) => spell(n, spelling))
        : (pointerOf(column) ?? valuesOf(column)),
    );
    const idAt = columns.findIndex((column) => column.name === 'id');
    const ids = isUniqueKey(table, 'id')
      ? (n: number) => idOf(table.name, n)
      : (n: number) => repeatedId(table.name, n);
    const rows = fc
      .array(fc.tuple(...fields), { maxLength: MOST_ROWS[table.name] ?? 0, size: 'max' })
      .map((list) => list.map((row, n) => row.map((field, at) => (at === idAt ? ids(n) : field)).join('\t')));
    return rows.map((lines) => [table.name, lines] as const);
  });
  return fc.tuple(...parts).map((entries) => new Map(entries));
}
