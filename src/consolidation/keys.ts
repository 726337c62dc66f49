import { ident, literal, qualified } from '../db/identifier.js';
import type { ConsolidationModel, SourceModel, StepModel } from '../declare/model.js';
import { asUuid, keyOfUnknown, rawText } from '../keys/raw-id.js';
import { columnOf, isIdentity } from '../legacy/catalog.js';
import type { BoundSource } from '../mapping/bind.js';
import type { Normalizer } from '../mapping/normalizers.js';
import type { MadeThings } from './made-things.js';

/**
 * Match keys as SQL: which thing a row is about, found step by step of its source's ladder. A key is a name-based uuid of
 * the key's name and its parts, each framed by its length: ('ab', 'c') is not ('a', 'bc').
 */

/** One step of it; see `MatchStep`. */
export interface LadderStep {
  readonly key: string;
  readonly gap: string;
  readonly said: string | null;
}

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
  const { model, bound, made } = known(table, sources);
  const joins: string[] = [];
  const dangling: string[] = [];
  const steps: LadderStep[] = [];
  const things: string[] = [];
  for (const [at, step] of model.match.entries()) {
    if (step.kind === 'same') steps.push(sameStep(step, model, alias));
    else if (step.kind === 'named')
      steps.push(uuidStep(step.column, namedKey(step.column, bound, alias), alias));
    else if (step.kind === 'thing' && made !== undefined) {
      joins.push(made.joins(namedKey(step.column, bound, alias), alias));
      things.push(made.id(alias));
      steps.push(uuidStep(step.column, made.id(alias), alias));
    } else if (step.kind === 'via' && sources.has(step.table)) {
      // Where what is pointed to is not in this database, the step gives nobody a key.
      const pointed = pointedTo(step, model, alias, `${alias}_${at + 1}`, sources);
      joins.push(pointed.joins);
      dangling.push(pointed.dangling);
      if (pointed.thing !== null) things.push(pointed.thing);
      const points = step.columns.map((column) => `${alias}.${ident(column)} is null`);
      const gap = `case when ${points.join(' or ')} then 'n' when ${pointed.dangling} then 'd' else '' end`;
      steps.push({ key: pointed.key, gap, said: null });
    }
  }
  const last = model.match.at(-1);
  const isAlwaysNamed = last?.kind === 'named' && isNeverNull(bound, last.column);
  const own = { key: ownKey(model, bound, alias), gap: `''`, said: null };
  const all = isAlwaysNamed ? steps : [...steps, own];
  const keys = all.map((step) => step.key);
  const key = keys.length === 1 ? (keys[0] as string) : `coalesce(${keys.join(', ')})`;
  const thing = thingOf(things, key);
  const isLost = dangling.length === 0 ? 'false' : dangling.join(' or ');
  return {
    joins: joins.join(' '),
    key,
    steps: all,
    dangling: thing === null ? isLost : `${thing} is null`,
    thing,
  };
}

function uuidStep(column: string, key: string, alias: string): LadderStep {
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

/** The uuid of a row itself: its table and its identity. Never null, where the identity is not. */
export function ownId({ table, identity }: SourceModel, alias: string): string {
  return keyOfUnknown(
    framed(
      `row:${table}`,
      identity.map((column) => textOf(alias, column)),
    ),
  );
}

/** SQL of type text: what keeps a row `alias` apart from others of its key; null says nothing. */
export function vetoSql({ veto }: ConsolidationModel, { table }: SourceModel, alias: string): string {
  const column = veto?.columns.get(table);
  return veto == null || column === undefined
    ? 'null::text'
    : veto.normalizer.sql(`${alias}.${ident(column)}`);
}

export function sameKey(
  step: Extract<StepModel, { kind: 'same' }>,
  { within }: SourceModel,
  alias: string,
): string {
  const parts = step.parts.map((part, at) => {
    // A constant is spelled by the rule of its part as well, or it would meet no column.
    const value = 'constant' in part ? `${literal(part.constant)}::text` : `${alias}.${ident(part.column)}`;
    return step.key.parts[at]?.normalizer.sql(value) ?? 'null';
  });
  const tenant = within.map((column) => textOf(alias, column));
  return keyOfUnknown(framed(`key:${step.key.name}`, [...tenant, ...parts]));
}

function sameStep(
  step: Extract<StepModel, { kind: 'same' }>,
  source: SourceModel,
  alias: string,
): LadderStep {
  const columns = step.parts.flatMap((part, at) => {
    const normalizer = step.key.parts[at]?.normalizer;
    return 'column' in part && normalizer !== undefined
      ? [{ value: `${alias}.${ident(part.column)}`, normalizer }]
      : [];
  });
  const whole = (normalizer: Normalizer) => normalizer.whole ?? normalizer;
  const isNull = columns.map(({ value }) => `${value} is null`);
  const isExcepted = columns.map(
    ({ value, normalizer }) =>
      `${normalizer.sql(value)} is null and ${whole(normalizer).sql(value)} is not null`,
  );
  const isBlank = columns.map(({ value, normalizer }) => `${whole(normalizer).sql(value)} is null`);
  const [first] = columns;
  const gap =
    first === undefined
      ? `''`
      : `case when ${isNull.join(' or ')} then 'n' when ${isBlank.join(' or ')} then 'b' when ${isExcepted.join(' or ')} then 'x' else '' end`;
  return {
    key: sameKey(step, source, alias),
    gap,
    said:
      columns.length === 0
        ? null
        : `concat_ws(', ', ${columns.map(({ value, normalizer }) => normalizer.sql(value)).join(', ')})`,
  };
}

function pointedTo(
  step: Extract<StepModel, { kind: 'via' }>,
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
  { columns }: Extract<StepModel, { kind: 'via' }>,
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

/** Parts of a key as one text; null where one of them is. @param name what comes first, which is no SQL */
function framed(name: string, parts: readonly string[]): string {
  const values = parts.map(
    (part) => `(select length(p.v) || ':' || p.v from (select ${part} as v offset 0) p)`,
  );
  return [literal(`${[...name].length}:${name}`), ...values].join(' || ');
}

function textOf(alias: string, column: string): string {
  return rawText(`${alias}.${ident(column)}`);
}

function known(table: string, sources: BoundSources) {
  const source = sources.get(table);
  if (source === undefined) throw new Error(`${table} is not bound`);
  return source;
}
