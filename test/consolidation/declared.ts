import type { ConsolidationModel, GoldenModel, SourceModel } from '../../src/declare/model.js';
import type { CatalogColumn } from '../../src/legacy/catalog.js';
import type { LegacyTable } from '../../src/legacy/detect.js';
import { type BoundPhase, bindPhase } from '../../src/mapping/bind.js';
import { conversionFor } from '../../src/mapping/conversions/conversion-for.js';
import { goldenDdl } from '../../src/mapping/conversions/golden-ddl.js';
import type { ComputedColumn, Home, PhaseMapping, SourceRule } from '../../src/mapping/mapping.js';

/** Columns of a table that needs no server: internal names of types; those of `key` are unique and never null. */
export interface TableParts {
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
}

const CATEGORIES: Readonly<Record<string, string>> = {
  uuid: 'U', int4: 'N', int8: 'N', numeric: 'N', timestamptz: 'D', timestamp: 'D', date: 'D', bool: 'B',
}; // biome-ignore format: a table

export function tableOf({ name, columns, key }: TableParts): LegacyTable {
  const catalog = Object.entries(columns).map(
    ([column, kind]): CatalogColumn => ({
      name: column,
      notNull: key.includes(column),
      type: {
        name: kind, base: kind, kind, category: CATEGORIES[kind] ?? 'S', hasModifier: false, scale: null, collation: null, binary: true, isArray: false, sameBy: 'value', hiding: null,
      },
    }),
  ); // biome-ignore format: a row
  return {
    schema: 'public', home: 'public', name: name as LegacyTable['name'], oid: '1', kind: 'r', columns: catalog, uniqueKeys: key.length === 0 ? [] : [key], indexed: [],
    bytes: 0, estimatedRows: 0, comment: null, canSelect: true, canReference: true, hidesRows: false, hasChildren: false,
    shape: { name: 'B', needed: [], tellTale: [], known: [] },
  }; // biome-ignore format: a row
}

/** A model bound to tables, some of which may be missing. */
export function boundTo(model: ConsolidationModel, tables: readonly LegacyTable[]): BoundPhase {
  const legacy = { tables: new Map(tables.map((table) => [table.name, table])) };
  return bindPhase(mappingOf(model), legacy as unknown as Parameters<typeof bindPhase>[1]);
}

function mappingOf(model: ConsolidationModel): PhaseMapping {
  const golden = model.columns.filter((column) => column.kind === 'golden');
  const computed: ComputedColumn[] = [
    { name: 'id', ddl: 'uuid not null' },
    { name: 'merge_key', ddl: 'uuid not null' },
    ...model.columns.map((column) =>
      column.kind === 'golden'
        ? {
            name: column.name,
            ddl: goldenDdl(column),
            survivorship: { givers: column.givers, by: column.survivorship, together: column.together },
          }
        : { name: column.name, ddl: 'timestamptz' },
    ),
    ...model.sources.map(({ flag }) => ({ name: flag, ddl: 'boolean not null' })),
    { name: 'residue', ddl: 'jsonb' },
  ];
  return {
    phase: model.name as PhaseMapping['phase'],
    unified: model.into,
    folded: model.duplicates,
    computed,
    always: [],
    sources: model.sources.map((source) => ruleOf(source, golden)),
  };
}

function ruleOf(source: SourceModel, golden: readonly GoldenModel[]): SourceRule {
  const homes = new Map<string, Home>();
  const own = (column: string): Home => ({ kind: 'own', target: `${source.prefix}_${column}`, read: true });
  for (const column of [...source.identity, ...source.times.created, ...source.times.updated])
    homes.set(column, own(column));
  for (const { name, type, givers } of golden)
    for (const { table, column, conversion, keepsOwn } of givers) {
      if (table !== source.table) continue;
      const gives = { target: name, conversion: conversionFor(conversion, type) };
      homes.set(
        column,
        keepsOwn
          ? { kind: 'own', target: `${source.prefix}_${column}`, gives }
          : { kind: 'golden', ...gives },
      );
    }
  return {
    table: source.table as SourceRule['table'],
    prefix: source.prefix,
    flag: source.flag,
    identity: source.identity,
    homes,
  };
}
