import { rowText } from '../../src/copy-binary/framing.js';
import { type BoundPhase, foldedColumn, storedType } from '../../src/mapping/bind.js';
import type { BoundColumn } from '../../src/mapping/mapping.js';
import type { Group, Output, Rows } from '../../src/mapping/merger.js';
import type { Phase } from '../../src/mapping/phase.js';
import { foldedTable, ownBlock, ownTarget, unifiedTable } from '../../src/mapping/tables.js';
import type { LegacyTableName } from '../../src/redditharbor/tables.js';
import { bytesOf, fieldsOf, lying, nullableBytes, nullableText, rowOf } from '../support/binary-rows.js';

/** Legacy rows as they are extracted, per source of a phase. */
export type SourceRows = readonly (readonly string[])[];

/** What a merger gave: rows, and how many rows of each source became which. */
export interface Merged {
  readonly unified: readonly string[];
  readonly folded: readonly string[];
  readonly booked: readonly { primary: number; folded: number }[];
}

/** The groups of rows, by the key that begins each of them. */
export function groupsOf(sources: SourceRows): Group[] {
  const groups = new Map<string, string[][]>();
  sources.forEach((rows, source) => {
    for (const row of rows) {
      const key = fieldsOf(row)[0] ?? '';
      const group = groups.get(key) ?? sources.map(() => []);
      groups.set(key, group);
      group[source]?.push(row);
    }
  });
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, rows]) => ({ key, rows: rows.map(rowsOf) }));
}

function rowsOf(rows: readonly string[]): Rows {
  const lie = rows.map(lying);
  return { count: lie.length, first: lie[0], [Symbol.iterator]: () => lie[Symbol.iterator]() };
}

/** Merges groups, each of them on its own. */
export function mergeGroups(phase: Pick<Phase, 'bound' | 'merger'>, groups: readonly Group[]): Merged {
  const unified: string[] = [];
  const folded: string[] = [];
  const booked = phase.bound.sources.map(() => ({ primary: 0, folded: 0 }));
  const output: Output = {
    unified: (row) => void unified.push(rowText(row)),
    folded: (row) => void folded.push(rowText(row)),
    book(source, outcome) {
      const counts = booked[source];
      if (counts !== undefined) counts[outcome] += 1;
    },
  };
  for (const group of groups) phase.merger.merge(group, output);
  return { unified, folded, booked };
}

export function mergeRows(phase: Pick<Phase, 'bound' | 'merger'>, sources: SourceRows): Merged {
  return mergeGroups(phase, groupsOf(sources));
}

/** A legacy row by column; columns that are not given are null. */
export type LegacyRow = Readonly<Record<string, string | null>>;

/** A row of ours by column. */
export type OurRow = Readonly<Record<string, string | null>>;

/** Rows of one key. A column `@n` is not of the table: it is the field n that the extraction puts before the columns. */
export type Case = Partial<Record<LegacyTableName, readonly LegacyRow[]>>;

export interface Outcome {
  readonly unified: readonly OurRow[];
  /** Rows kept whole: their table, the unified row that they belong to, and their columns. */
  readonly folded: readonly {
    readonly source: string;
    readonly unified_id?: string;
    readonly row: LegacyRow;
  }[];
  readonly booked: Readonly<Record<string, { readonly primary: number; readonly folded: number }>>;
}

export const KEY = '0a000000-0000-0000-0000-000000000001';

/** The types of the fields that the extraction of a phase puts before the columns, behind the key. */
const EXTRAS: Readonly<Record<string, readonly string[]>> = {
  opportunities: ['bool', 'text', 'timestamptz', 'uuid'],
  assessments: ['uuid'],
};

/** Merges one group that is written down as rows, and reads what comes out as rows. */
export function mergeCase(phase: Phase, rows: Case): Outcome {
  const { sources } = phase.bound;
  const extras = EXTRAS[phase.name] ?? [];
  for (const keyed of phase.keyed)
    if (keyed.extras.length !== extras.length) throw new Error(`${keyed.extras.length} extras`);
  const extracts = sources.map(({ rule, extracted }) =>
    (rows[rule.table as keyof Case] ?? []).map((row) => {
      for (const name of Object.keys(row))
        if (!name.startsWith('@') && !extracted.some((column) => column.name === name))
          throw new Error(`${rule.table} has no column ${name}`);
      const head = extras.map((kind, at) => nullableBytes(kind, row[`@${at + 1}`] ?? null));
      const values = extracted.map((column) => nullableBytes(kindOf(column), row[column.name] ?? null));
      return rowOf([bytesOf('uuid', KEY), ...head, ...values]);
    }),
  );
  for (const table of Object.keys(rows))
    if (!sources.some(({ rule }) => rule.table === table)) throw new Error(`no table ${table}`);
  const merged = mergeRows(phase, extracts);
  const { unified, folded } = columnsOf(phase.bound);
  return {
    unified: merged.unified.map((bytes) => named(unified, bytes)),
    folded: merged.folded.map((bytes) => {
      const row = named(folded, bytes);
      const source = String(row.source);
      const columns = sources.find(({ rule }) => rule.table === source)?.columns ?? [];
      return {
        source,
        ...(row.unified_id === undefined ? {} : { unified_id: String(row.unified_id) }),
        row: Object.fromEntries(columns.map(({ name }) => [name, row[`${source}_${name}`] ?? null])),
      };
    }),
    booked: Object.fromEntries(
      sources.map(({ rule }, at) => [rule.table, merged.booked[at] ?? { primary: 0, folded: 0 }]),
    ),
  };
}

/** Internal name of the type in which we keep a column; an enum's values are texts. */
function kindOf({ type }: BoundColumn): string {
  return type.category === 'E' || storedType(type) === 'text' ? 'text' : type.kind;
}

/** The names by which definitions call types, and their internal ones. */
const KINDS: Readonly<Record<string, string>> = { boolean: 'bool', integer: 'int4' };

interface Column {
  readonly name: string;
  readonly kind: string;
}

/** Worked out once: some tests merge thousands of cases. */
const known = new WeakMap<BoundPhase, Record<'unified' | 'folded', readonly Column[]>>();

function columnsOf(bound: BoundPhase) {
  const columns = known.get(bound) ?? { unified: unifiedColumns(bound), folded: foldedColumns(bound) };
  known.set(bound, columns);
  return columns;
}

function unifiedColumns(bound: BoundPhase): Column[] {
  const computed = bound.mapping.computed.map(({ name, ddl }) => {
    const type = ddl.match(/^[a-z]+/)?.[0] ?? '';
    return { name, kind: KINDS[type] ?? type };
  });
  const own = bound.sources.flatMap(ownBlock).map((column) => ({
    name: ownTarget(column),
    kind: column.home.kind === 'own' && column.home.stored === 'text' ? 'text' : kindOf(column),
  }));
  return inOrderOf(unifiedTable(bound).copied, [...computed, ...own]);
}

function foldedColumns(bound: BoundPhase): Column[] {
  const head = { source: 'text', unified_id: 'uuid', merge_key: 'uuid' };
  const kept = bound.sources.flatMap(({ rule, extracted }) =>
    extracted.map((column) => ({ name: foldedColumn(rule, column.name), kind: kindOf(column) })),
  );
  return inOrderOf(foldedTable(bound).copied, [
    ...Object.entries(head).map(([name, kind]) => ({ name, kind })),
    ...kept,
  ]);
}

function inOrderOf(copied: readonly string[], columns: readonly Column[]): Column[] {
  return copied.map((quoted) => {
    const column = columns.find(({ name }) => name === quoted.replaceAll('"', ''));
    if (column === undefined) throw new Error(`no type for ${quoted}`);
    return column;
  });
}

function named(columns: readonly Column[], bytes: string): OurRow {
  const fields = fieldsOf(bytes);
  if (fields.length !== columns.length)
    throw new Error(`${fields.length} fields for ${columns.length} columns`);
  return Object.fromEntries(
    columns.map(({ name, kind }, at) => [name, nullableText(kind, fields[at] ?? null)]),
  );
}
