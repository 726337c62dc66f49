import { generatedName, literal } from '../db/identifier.js';
import { RECORD_ID } from '../declare/check-target.js';
import {
  allSteps,
  type ComputedModel,
  type ConsolidationModel,
  columnsOfFold,
  columnsOfStep,
  computedOf,
  type Feed,
  feedsOf,
  goldenOf,
  isComputed,
  isOnePerKey,
  isTime,
  type KeptModel,
  nameMeanwhile,
  resolverOf,
  type SourceModel,
  targetOf,
} from '../declare/model.js';
import { blankIsNull, unlessBlank } from '../mapping/conversions/unless-blank.js';
import type {
  ComputedColumn,
  ConversionFor,
  Gift,
  Home,
  PhaseMapping,
  SourceRule,
  TakeOver,
} from '../mapping/mapping.js';
import { conversionFor, type SplitParts } from './conversion-for.js';
import { foldDdl, foldLiteral, foldOf, mergedSources } from './fold-ddl.js';
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
    ...mergedSources(model).map(({ flag }) => ({ name: flag, ddl: 'boolean not null' })),
    { name: 'residue', ddl: 'jsonb' },
  ];
  const always = alwaysOf(model);
  const names = new Set([...computed, ...always].map(({ name }) => name));
  return {
    phase: model.name,
    thing: model.thing,
    unified: isCompleted ? model.into : nameMeanwhile(model),
    folded: model.duplicates,
    isOnePerKey: isOnePerKey(model),
    computed,
    always,
    defaults: defaultsOf(model, id),
    sources: model.sources.map((source) => sourceRule(source, { model, names, isCompleted })),
    ...(takeOver !== null && { takeOver }),
    referrers: model.referrers,
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
    if (column.kind === 'kept' || column.kind === 'empty') return [{ name: column.name, ddl: column.type }];
    if (column.kind !== 'generated') return [];
    return [{ name: column.name, ddl: `${column.type} generated always as (${column.sql}) stored` }];
  });
}

/** What a new row gets by itself, once the unified table stands on its own: it is one of the first source. */
function defaultsOf(model: ConsolidationModel, id: string): Readonly<Record<string, string>> {
  const first = mergedSources(model)
    .slice(0, 1)
    .map(({ table }) => table);
  return Object.fromEntries([
    [id, 'gen_random_uuid()'],
    ['merge_key', 'gen_random_uuid()'],
    ...computedOf(model).flatMap((column): [string, string][] => {
      const value = defaultOf(column, first);
      return value === null ? [] : [[column.name, value]];
    }),
  ]);
}

function defaultOf(column: ComputedModel, tables: readonly string[]): string | null {
  if (isTime(column)) return 'now()';
  // What other columns say comes before the constant, and a default would not know of them.
  if (column.kind === 'golden')
    return column.otherwise === null || column.fallbacks !== undefined ? null : literal(column.otherwise);
  if (column.kind !== 'fold') return null;
  const value = foldOf(column, tables);
  return value === null ? null : foldLiteral(column, value);
}

function computedColumn(column: ComputedModel): ComputedColumn {
  if (column.kind === 'members') return { name: column.name, ddl: 'jsonb' };
  if (column.kind === 'reference') return { name: column.name, ddl: 'uuid' };
  if (column.kind === 'fold') return { name: column.name, ddl: foldDdl(column) };
  if (column.kind === 'thing') return { name: column.name, ddl: 'uuid' };
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
    if (model.ids?.table === source.table && name === source.identity[0]) {
      homes.set(name, { kind: 'id' });
      continue;
    }
    // Several where it is split, or converted in another way in another form of the table.
    const all = feeds.filter(({ giver }) => giver.column === name);
    const [feed] = all;
    const isKey = keys.includes(name);
    if (feed !== undefined && !owned.has(name) && !feed.giver.keepsOwn) {
      homes.set(name, goldenHome(feed, all));
      continue;
    }
    homes.set(name, {
      kind: 'own',
      ...ownColumn(source, name, { ...naming, kept: kept.get(name) }),
      ...(read.includes(name) && { read: true }),
      ...(isKey && { key: true }),
      ...(feed !== undefined && {
        gives: {
          target: feed.target,
          conversion: conversionOf(feed.target, all),
          // Beside a crosswalk a direct write works the fallback out anew: see `written-fallbacks.ts`.
          ...(resolverOf(model) !== null && { oneWay: true }),
        },
      }),
    });
  }
  const { table, prefix, flag, identity } = source;
  const times = [...new Set([...source.times.created, ...source.times.updated])];
  const { by } = source.winner;
  return {
    table,
    prefix,
    ...(targetOf(model) === source && { keepsNames: true as const }),
    flag: source.isWhole === true ? null : flag,
    identity,
    locators: resolverOf(model) === null ? locatorsOf(source) : [...new Set(pointers(source))],
    looseIdentity: source.alike,
    winnerTimes: winnerTimes(source, times),
    oldestTimes: by === 'oldest' ? source.times.created : [],
    ...(source.winner.version !== undefined && { winnerVersion: source.winner.version }),
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

function goldenHome({ target, member }: Feed, all: readonly Feed[]): Home {
  const conversion = conversionOf(target, all);
  if (member !== null) return { kind: 'member', target, member, conversion };
  const others = [...new Set(all.map((one) => one.target))].filter((other) => other !== target);
  const also = others.map((other) => ({ target: other, conversion: conversionOf(other, all) }));
  return { kind: 'golden', target, conversion, ...(also.length > 0 && { also }) };
}

/** How a column is converted for a target. @param all what it gives, with all parts of one that is split */
function conversionOf(target: string, all: readonly Feed[]): ConversionFor {
  const parts = partsOf(all);
  const made = all
    .filter((feed) => feed.target === target)
    .map(({ giver, type, blankIsNone }) => {
      const conversion = conversionFor(giver.conversion, type, parts);
      return { variant: giver.variant, conversion: blankIsNone ? unlessBlank(conversion) : conversion };
    });
  const [first] = made;
  if (made.length === 1 && first !== undefined && first.variant === undefined) return first.conversion;
  return (legacy, shape) =>
    made.find(({ variant }) => variant === undefined || variant === shape)?.conversion(legacy, shape) ?? null;
}

function partsOf(feeds: readonly Feed[]): SplitParts {
  return new Map(
    feeds.flatMap(({ target, type, giver: { conversion } }) =>
      conversion.kind === 'split' ? [[conversion.part, { target, type }] as const] : [],
    ),
  );
}

/** What its rows are found again by where they have no unique identity: what their keys are made of. */
function locatorsOf(source: SourceModel): readonly string[] {
  const others = namedColumns(source).filter((column) => !source.identity.includes(column));
  return others.length > 0 ? others : source.identity.slice(-1);
}

/** Columns whose uuids are keys, or lead to them. */
function namedColumns(source: SourceModel): string[] {
  const steps = allSteps(source).filter(({ kind }) => kind === 'thing' || kind === 'named');
  return [...new Set(steps.flatMap(columnsOfStep))];
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
function keyColumns(source: SourceModel): string[] {
  return [...new Set([...source.identity, ...pointers(source), ...source.alike])];
}

/** Columns that name rows of other tables. */
function pointers(source: SourceModel): string[] {
  return allSteps(source).flatMap((step) =>
    step.kind === 'same' || step.kind === 'through' ? [] : columnsOfStep(step),
  );
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
      ...namedColumns(source),
      ...times.created,
      ...times.updated,
      ...(source.winner.version === undefined ? [] : [source.winner.version]),
      ...givers.map(({ giver }) => giver.column),
      ...summedColumns(source, model),
    ]),
  ];
}

function summedColumns({ table }: SourceModel, { columns }: ConsolidationModel): string[] {
  return columns.flatMap((column) =>
    column.kind === 'fold' && column.fold.by !== 'sources' && column.fold.table === table
      ? columnsOfFold(column.fold)
      : [],
  );
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
