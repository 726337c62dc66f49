import { ident, qualified } from '../db/identifier.js';
import {
  type ConsolidationModel,
  crosswalkOf,
  type ResolveModel,
  type SourceModel,
  type StepModel,
  type ThroughModel,
  type ViaModel,
} from '../declare/model.js';
import { asUuid, keyOfUnknown, rawText } from '../keys/raw-id.js';
import { columnOf, isIdentity } from '../legacy/catalog.js';
import type { BoundSource } from '../mapping/bind.js';
import type { MadeThings } from './made-things.js';
import { type LadderStep, ownId, sameKey, sameStep } from './same-key.js';

/** Match keys as SQL: which thing a row is about, found step by step of its source's ladder. */

/** How a row `alias` gets its key. */
export interface Ladder {
  /** What the row is joined with: at most one row each. */
  readonly joins: string;
  /** The match key, of type uuid, never null. */
  readonly key: string;
  /** Each step's key by itself, null where it gives none; the last one is the row itself. */
  readonly steps: readonly LadderStep[];
  /** Whether the row points to one that is not there; of rows that are about things, whether it is about none that is there. */
  readonly dangling: string;
  /** The id of what another consolidation made that the row is about; null: no step asks for one. */
  readonly thing: string | null;
}

/** The sources of a consolidation that are there, by table. */
export type BoundSources = ReadonlyMap<
  string,
  {
    readonly model: SourceModel;
    readonly bound: BoundSource;
    /** What its rows are about, of what another consolidation made; left out: nothing of the kind. */
    readonly made?: MadeThings | undefined;
    /** What its rows are read from, where others point to them; left out: its table. */
    readonly relation?: string;
  }
>;

/**
 * @param alias of a row of the source
 * @param sources those that may be pointed to
 */
export function ladderOf(table: string, alias: string, sources: BoundSources): Ladder {
  const { model, bound } = known(table, sources);
  const steps = stepsOf(table, model.match, alias, sources);
  const last = model.match.at(-1);
  const isAlwaysNamed = last?.kind === 'named' && isNeverNull(bound, last.column);
  const own = { name: 'itself', key: ownKey(model, bound, alias), gap: `''`, said: null };
  const all = isAlwaysNamed ? steps : [...steps, own];
  const keys = all.map((step) => step.key);
  const key = keys.length === 1 ? (keys[0] as string) : `coalesce(${keys.join(', ')})`;
  const thing = thingOf(
    steps.flatMap((step) => step.thing ?? []),
    key,
  );
  const dangling = steps.flatMap((step) => step.dangling ?? []);
  const isLost = dangling.length === 0 ? 'false' : dangling.join(' or ');
  return {
    joins: joinsOf(steps),
    key,
    steps: all,
    dangling: thing === null ? isLost : `${thing} is null`,
    thing,
  };
}

/** Rows that are resolved by a crosswalk get their keys in another way: see `crosswalk/keys.ts`. */
export function resolvedElsewhere({ crosswalk }: ResolveModel): Error {
  return new Error(`${crosswalk.table} is no step of a ladder`);
}

interface JoinedStep extends LadderStep {
  readonly joins: string;
  /** SQL: whether the row points to one that is not there; null: the step points nowhere. */
  readonly dangling: string | null;
  /** The id of what another consolidation made that it leads to; null: it leads to none. */
  readonly thing: string | null;
}

const joinsOf = (steps: readonly JoinedStep[]) =>
  steps.flatMap(({ joins }) => (joins === '' ? [] : [joins])).join(' ');

/** Steps over a row `alias`, without those that look into what is not in this database: these give nobody a key. */
function stepsOf(
  table: string,
  steps: readonly StepModel[],
  alias: string,
  sources: BoundSources,
): JoinedStep[] {
  return steps.flatMap((step, at) => stepOver(table, step, { alias, joined: `${alias}_${at + 1}` }, sources));
}

function stepOver(table: string, step: StepModel, aliases: Aliases, sources: BoundSources): JoinedStep[] {
  const { model, bound, made } = known(table, sources);
  const { alias } = aliases;
  const alone = { joins: '', dangling: null, thing: null };
  switch (step.kind) {
    case 'same':
      return [{ ...sameStep(step, model, alias), ...alone }];
    case 'named': {
      const key = namedKey(step.column, bound, alias);
      return [{ name: `names ${step.column}`, ...uuidStep(step.column, key, alias), ...alone }];
    }
    case 'thing': {
      if (made === undefined) return [];
      const thing = made.id(alias);
      const name = `about ${step.of.consolidation} (${step.column})`;
      const joins = made.joins(namedKey(step.column, bound, alias), alias);
      return [{ name, ...uuidStep(step.column, thing, alias), joins, dangling: null, thing }];
    }
    case 'through':
      return sources.has(step.table) ? throughStep(step, model, aliases, sources) : [];
    case 'resolve':
      throw resolvedElsewhere(step);
    case 'via':
      return sources.has(step.table) ? [viaStep(step, model, aliases, sources)] : [];
  }
}

/** Aliases of a row, and of what it is joined with for a step. */
interface Aliases {
  readonly alias: string;
  readonly joined: string;
}

function viaStep(
  step: ViaModel,
  model: SourceModel,
  { alias, joined }: Aliases,
  sources: BoundSources,
): JoinedStep {
  const pointed = pointedTo(step, model, alias, joined, sources);
  const points = step.columns.map((column) => `${alias}.${ident(column)} is null`);
  const gap = `case when ${points.join(' or ')} then 'n' when ${pointed.dangling} then 'd' else '' end`;
  return { name: `points to ${step.table} (${step.columns.join(', ')})`, gap, said: null, ...pointed };
}

/** The rows of a source that have a key and another one before it on their ladder, as SQL over its rows `alias`. */
export interface Answers {
  /** The key by which they are found. */
  readonly by: string;
  /** What the row is joined with for the other one. */
  readonly joins: string;
  /** The other one; null where the row has none. */
  readonly key: string;
}

/** Null where the ladder of the source has no such key, or none before it. */
export function answersOf(step: ThroughModel, alias: string, sources: BoundSources): Answers | null {
  const { model } = known(step.table, sources);
  const crosswalk = crosswalkOf(model, step.step.key);
  if (crosswalk === null) return null;
  const before = stepsOf(step.table, crosswalk.before, alias, sources);
  if (before.length === 0) return null;
  return {
    by: sameKey(crosswalk.by, model, alias),
    joins: joinsOf(before),
    key: `coalesce(${before.map(({ key }) => key).join(', ')})`,
  };
}

/** Each key is worked out once, for all rows that have it: one answer is the key of the row, two are none. */
function throughStep(
  step: ThroughModel,
  model: SourceModel,
  { alias, joined }: Aliases,
  sources: BoundSources,
): JoinedStep[] {
  const { bound, relation } = known(step.table, sources);
  const row = `${joined}t`;
  const answers = answersOf(step, row, sources);
  if (answers === null) return [];
  const own = sameStep(step.step, model, alias);
  const from = `${relation ?? qualified(bound.table.schema, bound.table.name)} ${row} ${answers.joins}`;
  const answered =
    `select x.by, (array_agg(x.key))[1] as key from (select ${answers.by} as by, ${answers.key} as key from ${from}) x ` +
    'where x.by is not null and x.key is not null group by x.by having count(distinct x.key) = 1';
  return [
    {
      name: `${own.name}, through ${step.table}`,
      key: `${joined}.key`,
      gap: `case when ${own.key} is null then ${own.gap} when ${joined}.key is null then 'd' else '' end`,
      said: own.said,
      joins: `left join (${answered}) ${joined} on ${joined}.by = ${own.key}`,
      dangling: null,
      thing: null,
    },
  ];
}

function uuidStep(column: string, key: string, alias: string): Pick<LadderStep, 'key' | 'gap' | 'said'> {
  const gap = `case when ${alias}.${ident(column)} is null then 'n' when ${key} is null then 'd' else '' end`;
  return { key, gap, said: null };
}

/** The one that the key is; a row that finds several is about the one of its first step. */
function thingOf(things: readonly string[], key: string): string | null {
  if (things.length < 2) return things[0] ?? null;
  return `(case ${key} ${things.map((thing) => `when ${thing} then ${thing}`).join(' ')} end)`;
}

/** The uuid that a row names. */
export function namedKey(column: string, bound: BoundSource, alias: string): string {
  return asUuid(`${alias}.${ident(column)}`, kindOf(bound, column));
}

const kindOf = ({ table }: BoundSource, column: string) => columnOf(table, column)?.type.kind ?? '';

export function isNeverNull({ table }: BoundSource, column: string): boolean {
  const found = columnOf(table, column);
  return found?.type.kind === 'uuid' && found.notNull;
}

/** The key of a row by itself. Where nothing tells it from others, equal rows are one thing. */
function ownKey(model: SourceModel, { table }: BoundSource, alias: string): string {
  return isIdentity(table, model.identity) ? ownId(model, alias) : keyOfUnknown(`(${alias}.*)::text`);
}

/** SQL of type text: what keeps a row `alias` apart from others of its key; null says nothing. */
export function vetoSql({ veto }: ConsolidationModel, { table }: SourceModel, alias: string): string {
  const column = veto?.columns.get(table);
  return veto == null || column === undefined
    ? 'null::text'
    : veto.normalizer.sql(`${alias}.${ident(column)}`);
}

function pointedTo(
  step: ViaModel,
  from: SourceModel,
  alias: string,
  target: string,
  sources: BoundSources,
): Pick<Ladder, 'joins' | 'key' | 'dangling' | 'thing'> {
  const { model, bound, relation } = known(step.table, sources);
  const own = known(from.table, sources).bound;
  const pairs = pointerPairs(step, from, model);
  const on = [...pairs.identity, ...pairs.within].map(([theirs, ours]) =>
    equal(bound, `${target}.`, theirs, own, `${alias}.`, ours),
  );
  const ladder = ladderOf(step.table, target, sources);
  const isThere = `${target}.${ident(model.identity[0] as string)} is not null`;
  const points = step.columns.map((column) => `${alias}.${ident(column)} is not null`);
  return {
    joins: `left join ${relation ?? qualified(bound.table.schema, bound.table.name)} ${target} on ${on.join(' and ')} ${ladder.joins}`,
    key: `case when ${isThere} then ${ladder.key} end`,
    dangling: `(${[...points, `not (${isThere})`].join(' and ')})`,
    thing: ladder.thing,
  };
}

/** A column of what is pointed to, and the one of the row that points which has to hold the same. */
export type PointerPair = readonly [theirs: string, ours: string];

/** What a pointer compares: the identity, and beside it the tenant of both rows, as far as no column of the identity is it. */
export function pointerPairs(
  { columns }: ViaModel,
  from: SourceModel,
  to: SourceModel,
): { readonly identity: readonly PointerPair[]; readonly within: readonly PointerPair[] } {
  return {
    identity: to.identity.map((theirs, at) => [theirs, columns[at] as string]),
    within: to.within.flatMap((theirs, at): PointerPair[] => {
      const ours = from.within[at];
      return to.identity.includes(theirs) || ours === undefined ? [] : [[theirs, ours]];
    }),
  };
}

/** Whether two columns hold the same; as texts where their types have no equality in common. */
function equal(
  one: BoundSource,
  before: string,
  column: string,
  other: BoundSource,
  otherBefore: string,
  otherColumn: string,
): string {
  const [a, b] = [`${before}${ident(column)}`, `${otherBefore}${ident(otherColumn)}`];
  const [kind, otherKind] = [columnOf(one.table, column)?.type, columnOf(other.table, otherColumn)?.type];
  const comparable =
    kind !== undefined &&
    otherKind !== undefined &&
    (kind.base === otherKind.base || (WHOLE.has(kind.kind) && WHOLE.has(otherKind.kind))) &&
    kind.collation === otherKind.collation;
  return comparable ? `${a} = ${b}` : `${rawText(a)} = ${rawText(b)}`;
}

const WHOLE: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

function known(table: string, sources: BoundSources) {
  const source = sources.get(table);
  if (source === undefined) throw new Error(`${table} is not bound`);
  return source;
}
