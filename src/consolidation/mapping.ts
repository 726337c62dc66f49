import { generatedName, literal } from '../db/identifier.js';
import { goldenOf } from '../declare/check.js';
import {
  type ColumnModel,
  type ConsolidationModel,
  type GiverModel,
  type GoldenModel,
  isComputed,
  type SourceModel,
} from '../declare/model.js';
import type { ComputedColumn, Gift, Home, PhaseMapping, SourceRule } from '../mapping/mapping.js';
import { conversionFor } from './conversion-for.js';
import { goldenDdl, typeSql } from './golden-ddl.js';

/** Where every column of a consolidation's sources goes. */
export function mappingOf(model: ConsolidationModel): PhaseMapping {
  const computed: readonly ComputedColumn[] = [
    { name: 'id', ddl: 'uuid not null' },
    { name: 'merge_key', ddl: 'uuid not null' },
    ...model.columns.map(computedColumn),
    ...model.sources.map(({ flag }) => ({ name: flag, ddl: 'boolean not null' })),
    { name: 'residue', ddl: 'jsonb' },
  ];
  const names = new Set(computed.map(({ name }) => name));
  return {
    phase: model.name,
    thing: 'record',
    unified: model.into,
    folded: model.duplicates,
    computed,
    always: [],
    defaults: defaultsOf(model),
    sources: model.sources.map((source) => sourceRule(source, model, names)),
  };
}

/** What a new row gets by itself, once the unified table stands on its own. */
function defaultsOf({ columns }: ConsolidationModel): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ['id', 'gen_random_uuid()'],
    ['merge_key', 'gen_random_uuid()'],
    ...columns.flatMap((column): [string, string][] => {
      if (column.kind !== 'golden') return [[column.name, 'now()']];
      return column.otherwise === null ? [] : [[column.name, literal(column.otherwise)]];
    }),
  ]);
}

function computedColumn(column: ColumnModel): ComputedColumn {
  if (column.kind !== 'golden') return { name: column.name, ddl: 'timestamptz' };
  const givers = column.givers.map(({ table, column: name }) => ({ table, column: name }));
  return {
    name: column.name,
    ddl: goldenDdl(column),
    survivorship: { givers, by: column.survivorship, together: column.together },
  };
}

function sourceRule(source: SourceModel, model: ConsolidationModel, taken: ReadonlySet<string>): SourceRule {
  const homes = new Map<string, Home>();
  const keys = keyColumns(source);
  for (const name of readColumns(source, model)) {
    const given = giverIn(source, name, model);
    const isKey = keys.includes(name);
    const gives =
      given === null
        ? null
        : {
            target: given.golden.name,
            conversion: conversionFor(given.giver.conversion, given.golden.type),
          };
    if (gives !== null && !isKey && given?.giver.keepsOwn === false) {
      homes.set(name, { kind: 'golden', ...gives });
      continue;
    }
    homes.set(name, {
      kind: 'own',
      target: ownName(source, name, taken),
      read: true,
      key: isKey,
      ...(gives !== null && { gives }),
    });
  }
  const { table, prefix, flag, identity } = source;
  const times = [...new Set([...source.times.created, ...source.times.updated])];
  const { by } = source.winner;
  return {
    table,
    prefix,
    flag,
    identity,
    locators: identity.slice(-1),
    looseIdentity: [],
    winnerTimes: by === 'newest' || by === 'most-values' ? times : [],
    oldestTimes: by === 'oldest' ? source.times.created : [],
    times,
    homes,
    gifts: giftsOf(source, model),
  };
}

/** What the server works out from rows of a source. */
function giftsOf({ table }: SourceModel, model: ConsolidationModel): Gift[] {
  return goldenOf(model).flatMap(({ name: target, type, sqlType, givers }) =>
    givers.flatMap(({ table: of, column: name, conversion }) =>
      of === table && conversion.kind === 'computed'
        ? [{ name, target, sql: `(${conversion.sql})::${sqlType ?? typeSql(type)}` }]
        : [],
    ),
  );
}

/** Columns that rows are looked up by, among ours as well: they are kept as they are, whatever else they give. */
export function keyColumns({ identity, match }: SourceModel): string[] {
  const pointers = match.flatMap((step) => (step.kind === 'via' ? step.columns : []));
  return [...new Set([...identity, ...pointers])];
}

/** Columns that a rule looks at. */
function readColumns(source: SourceModel, model: ConsolidationModel): string[] {
  const { times } = source;
  const givers = goldenOf(model).flatMap(({ givers }) =>
    givers.filter((giver) => giver.table === source.table && !isComputed(giver)),
  );
  return [
    ...new Set([
      ...keyColumns(source),
      ...times.created,
      ...times.updated,
      ...givers.map(({ column }) => column),
    ]),
  ];
}

function giverIn(
  { table }: SourceModel,
  column: string,
  model: ConsolidationModel,
): { readonly giver: GiverModel; readonly golden: GoldenModel } | null {
  for (const golden of goldenOf(model)) {
    const giver = golden.givers.find((one) => one.table === table && one.column === column);
    if (giver !== undefined) return { giver, golden };
  }
  return null;
}

/** A name that no shared column has. */
function ownName({ prefix, table }: SourceModel, column: string, taken: ReadonlySet<string>): string {
  const name = generatedName(prefix, column);
  return taken.has(name) ? generatedName('legacy', table, column) : name;
}
