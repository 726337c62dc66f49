import type { CatalogColumn } from '../../src/legacy/catalog.js';
import type { BoundPhase, BoundSource } from '../../src/mapping/bind.js';
import { same } from '../../src/mapping/conversions/same.js';
import type { BoundColumn, PhaseMapping, SourceRule } from '../../src/mapping/mapping.js';

/** What a source is made of, for tests that need no table. */
export interface Parts {
  readonly table?: SourceRule['table'];
  /** Columns that go into golden columns of the same names. */
  readonly golden?: readonly string[];
  /** Own columns that are read, and own columns that are not. */
  readonly read?: readonly string[];
  readonly rest?: readonly string[];
  /** Internal names of types; text where not given. */
  readonly kinds?: Readonly<Record<string, string>>;
  /** Rows of it are in the unified table. */
  readonly inUnified?: boolean;
  /** Its id is unique. */
  readonly keyed?: boolean;
}

const CATEGORIES: Readonly<Record<string, string>> = {
  uuid: 'U',
  timestamptz: 'D',
  timestamp: 'D',
  float8: 'N',
};

export function sourceOf(parts: Parts): BoundSource {
  const {
    table = 'opportunities',
    golden = [],
    read = [],
    rest = [],
    kinds = {},
    inUnified = true,
    keyed = true,
  } = parts;
  const typeOf = (name: string): CatalogColumn['type'] => {
    const kind = (Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? 'text';
    return {
      name: kind, base: kind, kind, category: CATEGORIES[kind] ?? 'S', hasModifier: false, scale: null, collation: null, binary: true, isArray: false, sameBy: 'value', hiding: null,
    }; // biome-ignore format: a row
  };
  const catalog = [...golden, ...read, ...rest].map(
    (name): CatalogColumn => ({ name, type: typeOf(name), notNull: name === 'id' }),
  );
  const columns = catalog.map((column): BoundColumn => {
    const { name, type } = column;
    const conversion = same(column, 'B');
    if (golden.includes(name) && conversion !== null)
      return { name, type, home: { kind: 'golden', target: name, conversion }, read: true, key: false };
    return {
      name,
      type,
      home: { kind: 'own', target: name, stored: type.base },
      read: read.includes(name),
      key: false,
    };
  });
  return {
    rule: { table, prefix: table, flag: inUnified ? `from_${table}` : null, identity: ['id'], locators: [], looseIdentity: [], winnerTimes: [], homes: new Map() },
    table: {
      schema: 'public', home: 'public', name: table, oid: '1', kind: 'r', columns: catalog, uniqueKeys: keyed ? [['id']] : [], indexed: keyed ? ['id'] : [], bytes: 0,
      estimatedRows: 0, comment: null, canSelect: true, canReference: true, hidesRows: false, hasChildren: false,
      shape: { name: 'B', needed: [], tellTale: [], known: [] },
    },
    columns,
    extracted: columns,
    goldenCount: golden.length,
    readCount: golden.length + read.length,
  }; // biome-ignore format: a row
}

/** @param computed how many columns of type text the transformer computes */
export function phaseOf(sources: readonly BoundSource[], computed: number): BoundPhase {
  const columns = Array.from({ length: computed }, (_, n) => ({
    name: `computed_${n}`,
    ddl: 'text not null',
  }));
  const mapping: PhaseMapping = {
    phase: 'opportunities', unified: 'u', folded: 'f', computed: columns, always: [], sources: sources.map(({ rule }) => rule),
    thing: 'thing',
    defaults: {},
  }; // biome-ignore format: a row
  return { mapping, sources };
}
