import { mappingOf } from '../../src/consolidation/mapping.js';
import type { ConsolidationModel } from '../../src/declare/model.js';
import type { CatalogColumn } from '../../src/legacy/catalog.js';
import type { LegacyTable } from '../../src/legacy/detect.js';
import { type BoundPhase, bindPhase } from '../../src/mapping/bind.js';

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
