import { KeyRange } from '../../src/keys/key-range.js';
import type { Phase } from '../../src/mapping/phase.js';
import { foldedTable, unifiedTable } from '../../src/mapping/tables.js';
import { wantedRange } from '../../src/mapping/wanted.js';

const RANGE = new KeyRange('20000000-0000-0000-0000-000000000000', 'a0000000-0000-0000-0000-000000000000');
const BESIDE = {
  legacy: (column: string) => `legacy ${column}`,
  golden: (column: string) => `golden ${column}`,
};

/** Everything that a phase says in SQL or by name, as plain values with sorted members. */
export function described(phase: Phase): Record<string, unknown> {
  const { bound, keyed, resolution, planChecks, reverse } = phase;
  const { mapping } = bound;
  return sorted({
    mapping: {
      phase: mapping.phase,
      thing: mapping.thing,
      unified: mapping.unified,
      folded: mapping.folded,
      defaults: mapping.defaults,
      computed: mapping.computed.map(({ name, ddl }) => `${name} ${ddl}`),
      sources: mapping.sources.map(({ table, prefix, flag, identity, looseIdentity }) => ({
        table,
        prefix,
        flag,
        identity,
        looseIdentity,
      })),
    },
    tables: [unifiedTable(bound), foldedTable(bound)],
    columns: bound.sources.map(({ rule, extracted, goldenCount, readCount }) => ({
      table: rule.table,
      goldenCount,
      readCount,
      extracted: extracted.map(({ name, home, read, key }) => {
        const conversion = home.kind === 'golden' || home.kind === 'member' ? home.conversion : null;
        return {
          name,
          read,
          key,
          home: [
            home.kind,
            'target' in home ? home.target : null,
            'stored' in home ? home.stored : null,
            'member' in home ? home.member : null,
          ],
          inverse: conversion?.inverse('g', BESIDE),
          holds: conversion?.holds('g', BESIDE),
        };
      }),
    })),
    keyed: keyed.map((one) => ({
      with: one.with,
      knowing: one.knowing,
      joins: one.joins,
      key: one.key,
      extras: one.extras,
      orphan: one.orphan,
      names: one.names?.('some.rows') ?? null,
      range: one.narrowed(wantedRange(RANGE)),
      places: one.narrowed({ ...wantedRange(RANGE), scan: null, places: 'select some.places' }),
    })),
    resolution:
      resolution === null
        ? null
        : {
            ...resolution,
            table: resolution.table.name,
            nameRows: resolution.nameRows('some names'),
            naming: bound.sources.map((source) => resolution.naming(source, (value) => `changed ${value}`)),
          },
    indexes: phase.indexes,
    foreignKeys: phase.foreignKeys,
    invariants: phase.invariants,
    planChecks: {
      percentColumns: planChecks.percentColumns.map(({ source, column }) => `${source.rule.table}.${column}`),
      vocabularies: planChecks.vocabularies.map(({ source, column, known, becomes }) => ({
        column: `${source.rule.table}.${column}`,
        known: [...known].sort(),
        becomes,
      })),
    },
    reverse: {
      ...reverse,
      lookups: reverse.lookups.map(({ table: _table, ...rest }) => rest),
      // Of the columns that are golden ones of the table itself: no others are looked at.
      telling: bound.sources.map(({ rule, columns }) =>
        (reverse.telling[rule.table] ?? [])
          .filter((target) => columns.some(({ home }) => home.kind === 'golden' && home.target === target))
          .sort(),
      ),
    },
    after: phase.after,
  }) as Record<string, unknown>;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, of]) => [name, sorted(of)]));
}
