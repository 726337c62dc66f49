import { generatedName, literal } from '../db/identifier.js';
import { RECORD_ID } from '../declare/check-target.js';
import {
  allSteps,
  type ComputedModel,
  type ConsolidationModel,
  computedOf,
  type Feed,
  feedsOf,
  goldenOf,
  isComputed,
  type KeptModel,
  nameMeanwhile,
  type SourceModel,
  targetOf,
} from '../declare/model.js';
import { blankIsNull, unlessBlank } from '../mapping/conversions/unless-blank.js';
import type { ComputedColumn, Gift, Home, PhaseMapping, SourceRule, TakeOver } from '../mapping/mapping.js';
import { conversionFor, type SplitParts } from './conversion-for.js';
import { goldenDdl, typeSql } from './golden-ddl.js';

/**
 * Where every column of a consolidation's sources goes.
 *
 * @param isCompleted - as the unified table is since it stands on its own: it has taken over what it takes over
 */
export function mappingOf(model: ConsolidationModel, isCompleted = false): PhaseMapping {
  const takeOver = takeOverOf(model);
  const id = isCompleted && takeOver?.id.then === 'id' ? RECORD_ID : 'id';
  const computed: readonly ComputedColumn[] = [
    { name: id, ddl: 'uuid not null' },
    { name: 'merge_key', ddl: 'uuid not null' },
    ...computedOf(model).map(computedColumn),
    ...model.sources.map(({ flag }) => ({ name: flag, ddl: 'boolean not null' })),
    { name: 'residue', ddl: 'jsonb' },
  ];
  const always = alwaysOf(model);
  const names = new Set([...computed, ...always].map(({ name }) => name));
  return {
    phase: model.name,
    thing: model.thing,
    unified: isCompleted ? model.into : nameMeanwhile(model),
    folded: model.duplicates,
    computed,
    always,
    defaults: defaultsOf(model, id),
    sources: model.sources.map((source) => sourceRule(source, { model, names, isCompleted })),
    ...(takeOver !== null && { takeOver }),
  };
}

function takeOverOf(model: ConsolidationModel): TakeOver | null {
  const { id, into } = model;
  const source = model.sources.find(({ table }) => table === id?.table);
  if (id === null || source === undefined) return null;
  const { table, column } = id;
  const isTarget = table === into;
  const then = isTarget ? column : 'id';
  const prefixed = generatedName(source.prefix, column);
  const meanwhile = isTarget && column !== 'id' ? column : prefixed;
  return {
    table,
    id: { column, meanwhile, then },
    recordId: then === 'id' ? RECORD_ID : 'id',
    name: isTarget ? into : null,
  };
}

/** Columns that are there whatever the sources have. */
function alwaysOf({ columns }: ConsolidationModel): ComputedColumn[] {
  return columns.flatMap((column) => {
    if (column.kind === 'kept') return [{ name: column.name, ddl: column.type }];
    if (column.kind !== 'generated') return [];
    return [{ name: column.name, ddl: `${column.type} generated always as (${column.sql}) stored` }];
  });
}

/** What a new row gets by itself, once the unified table stands on its own. */
function defaultsOf(model: ConsolidationModel, id: string): Readonly<Record<string, string>> {
  return Object.fromEntries([
    [id, 'gen_random_uuid()'],
    ['merge_key', 'gen_random_uuid()'],
    ...computedOf(model).flatMap((column): [string, string][] => {
      if (column.kind === 'members') return [];
      if (column.kind !== 'golden') return [[column.name, 'now()']];
      return column.otherwise === null ? [] : [[column.name, literal(column.otherwise)]];
    }),
  ]);
}

function computedColumn(column: ComputedModel): ComputedColumn {
  if (column.kind === 'members') return { name: column.name, ddl: 'jsonb' };
  if (column.kind !== 'golden') return { name: column.name, ddl: 'timestamptz' };
  const givers = column.givers.map(({ table, column: name }) => ({ table, column: name }));
  return {
    name: column.name,
    ddl: goldenDdl(column),
    survivorship: {
      givers,
      by: column.survivorship,
      together: column.together,
      ...(column.nullsCount === true && { nullsCount: true }),
    },
  };
}

/** What names depend on. */
interface Naming {
  readonly model: ConsolidationModel;
  /** Of shared columns and of Drydock's own. */
  readonly names: ReadonlySet<string>;
  readonly isCompleted: boolean;
}

function sourceRule(source: SourceModel, naming: Naming): SourceRule {
  const { model } = naming;
  const homes = new Map<string, Home>();
  const keys = keyColumns(source);
  const feeds = feedsOf(model).filter(({ giver }) => giver.table === source.table);
  const kept = new Map(
    model.columns.flatMap((column) =>
      column.kind === 'kept' && column.from.table === source.table ? [[column.from.column, column]] : [],
    ),
  );
  const read = readColumns(source, model);
  const owned = new Set([...keys, ...choosers(source, model)]);
  for (const name of new Set([...keys, ...read, ...kept.keys(), ...source.names.keys()])) {
    // Several where it is split.
    const [feed, ...also] = feeds.filter(({ giver }) => giver.column === name);
    const isKey = keys.includes(name);
    if (feed !== undefined && !owned.has(name) && !feed.giver.keepsOwn) {
      homes.set(name, goldenHome(feed, also));
      continue;
    }
    homes.set(name, {
      kind: 'own',
      ...ownColumn(source, name, { ...naming, kept: kept.get(name) }),
      ...(read.includes(name) && { read: true }),
      ...(isKey && { key: true }),
      ...(feed !== undefined && { gives: { target: feed.target, conversion: conversionOf(feed, [feed]) } }),
    });
  }
  const { table, prefix, flag, identity } = source;
  const times = [...new Set([...source.times.created, ...source.times.updated])];
  const { by } = source.winner;
  return {
    table,
    prefix,
    ...(targetOf(model) === source && { keepsNames: true as const }),
    flag,
    identity,
    locators: identity.slice(-1),
    looseIdentity: source.alike,
    winnerTimes: winnerTimes(source, times),
    oldestTimes: by === 'oldest' ? source.times.created : [],
    times,
    homes,
    gifts: giftsOf(source, model),
  };
}

/** Columns that move a row up among those of its thing. */
function winnerTimes({ winner: { by }, times }: SourceModel, all: readonly string[]): readonly string[] {
  if (by === 'last-updated') return times.updated;
  return by === 'newest' || by === 'most-values' ? all : [];
}

function goldenHome(feed: Feed, also: readonly Feed[]): Home {
  const { target, member } = feed;
  const all = [feed, ...also];
  const conversion = conversionOf(feed, all);
  if (member !== null) return { kind: 'member', target, member, conversion };
  const others = also.map((one) => ({ target: one.target, conversion: conversionOf(one, all) }));
  return { kind: 'golden', target, conversion, ...(others.length > 0 && { also: others }) };
}

/** @param parts all that a split column gives */
function conversionOf({ giver, type, blankIsNone }: Feed, parts: readonly Feed[]) {
  const conversion = conversionFor(giver.conversion, type, partsOf(parts));
  return blankIsNone ? unlessBlank(conversion) : conversion;
}

function partsOf(feeds: readonly Feed[]): SplitParts {
  return new Map(
    feeds.flatMap(({ target, type, giver: { conversion } }) =>
      conversion.kind === 'split' ? [[conversion.part, { target, type }] as const] : [],
    ),
  );
}

/** What the server works out from rows of a source. */
function giftsOf({ table }: SourceModel, model: ConsolidationModel): Gift[] {
  return goldenOf(model).flatMap(({ name: target, type, sqlType, givers, blankIsNone }) =>
    givers.flatMap(({ table: of, column: name, conversion }) =>
      of === table && conversion.kind === 'computed'
        ? [{ name, target, sql: giftSql(conversion.sql, sqlType ?? typeSql(type), blankIsNone === true) }]
        : [],
    ),
  );
}

function giftSql(sql: string, type: string, blankIsNone: boolean): string {
  const value = `(${sql})::${type}`;
  return blankIsNone ? `(select ${blankIsNull('x.v')} from (select ${value} as v offset 0) x)` : value;
}

/** Columns that rows are looked up by, among ours as well: they are kept as they are, whatever else they give. */
export function keyColumns(source: SourceModel): string[] {
  return [...new Set([...source.identity, ...pointers(source), ...source.alike])];
}

/** Columns that name rows of other tables. */
function pointers(source: SourceModel): string[] {
  return allSteps(source).flatMap((step) => (step.kind === 'via' ? step.columns : []));
}

/** Columns that choose how others are converted: these are given back by what they hold. */
export function choosers({ table }: Pick<SourceModel, 'table'>, model: ConsolidationModel): string[] {
  return feedsOf(model).flatMap(({ giver: { table: of, conversion } }) =>
    of === table && conversion.kind === 'when' ? [conversion.column] : [],
  );
}

/** Columns that a merge looks at. */
function readColumns(source: SourceModel, model: ConsolidationModel): string[] {
  const { identity, alike, times } = source;
  const pointing = pointers(source);
  const givers = feedsOf(model).filter(({ giver }) => giver.table === source.table && !isComputed(giver));
  return [
    ...new Set([
      ...identity,
      ...alike.filter((column) => !pointing.includes(column)),
      ...choosers(source, model),
      ...times.created,
      ...times.updated,
      ...givers.map(({ giver }) => giver.column),
    ]),
  ];
}

/** The name of a column that holds a source's own values, which no shared column has; and its type where that is fixed. */
function ownColumn(
  source: SourceModel,
  column: string,
  { model, names, isCompleted, kept }: Naming & { readonly kept: KeptModel | undefined },
): { readonly target: string; readonly type?: 'text' } {
  if (kept !== undefined) return { target: kept.name, ...(kept.type === 'text' && { type: 'text' }) };
  const { prefix, table } = source;
  const takeOver = takeOverOf(model);
  if (takeOver?.table === table && takeOver.id.column === column)
    return { target: isCompleted ? takeOver.id.then : takeOver.id.meanwhile };
  const otherwise = takeOver?.name === table ? column : generatedName(prefix, column);
  const name = source.names.get(column) ?? otherwise;
  return { target: names.has(name) ? generatedName('legacy', table, column) : name };
}
