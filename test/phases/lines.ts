import { encode, NULL } from '../../fixtures/copy-text.js';
import type { Group, Rows } from '../../src/extract/group.js';
import type { LegacyTableName } from '../../src/legacy/shapes.js';
import { foldedTable, unifiedTable } from '../../src/mapping/tables.js';
import type { Phase } from '../../src/phases/phase.js';
import type { Output } from '../../src/transform/output.js';
import { decodeLine } from '../support/decode-line.js';

/** Legacy rows as extracted lines, per source of a phase. */
export type SourceLines = readonly (readonly string[])[];

/** What a merger gave: lines, and how many rows of each source became which. */
export interface Merged {
  readonly unified: readonly string[];
  readonly folded: readonly string[];
  readonly booked: readonly { primary: number; folded: number }[];
}

/** The groups of lines, by the key that begins each of them. */
export function groupsOf(sources: SourceLines): Group[] {
  const groups = new Map<string, string[][]>();
  sources.forEach((lines, source) => {
    for (const line of lines) {
      const key = line.slice(0, 36);
      const group = groups.get(key) ?? sources.map(() => []);
      groups.set(key, group);
      group[source]?.push(line);
    }
  });
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, rows]) => ({ key, rows: rows.map(rowsOf) }));
}

function rowsOf(lines: readonly string[]): Rows {
  return { count: lines.length, [Symbol.iterator]: () => lines[Symbol.iterator]() };
}

/** Merges groups, each of them on its own. */
export function mergeGroups(phase: Phase, groups: readonly Group[]): Merged {
  const unified: string[] = [];
  const folded: string[] = [];
  const booked = phase.bound.sources.map(() => ({ primary: 0, folded: 0 }));
  const output: Output = {
    unified: (line) => void unified.push(line),
    folded: (line) => void folded.push(line),
    book(source, outcome) {
      const counts = booked[source];
      if (counts !== undefined) counts[outcome] += 1;
    },
  };
  for (const group of groups) phase.merger.merge(group, output);
  return { unified, folded, booked };
}

export function mergeLines(phase: Phase, sources: SourceLines): Merged {
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
    readonly unified_id: string;
    readonly row: LegacyRow;
  }[];
  readonly booked: Readonly<Record<string, { readonly primary: number; readonly folded: number }>>;
}

export const KEY = '0a000000-0000-0000-0000-000000000001';

/** Merges one group that is written down as rows, and reads what comes out as rows. */
export function mergeCase(phase: Phase, rows: Case): Outcome {
  const { sources } = phase.bound;
  const extras = phase.keyed[0]?.extras.length ?? 0;
  const lines = sources.map(({ rule, extracted }) =>
    (rows[rule.table] ?? []).map((row) => {
      for (const name of Object.keys(row))
        if (!name.startsWith('@') && !extracted.some((column) => column.name === name))
          throw new Error(`${rule.table} has no column ${name}`);
      const head = Array.from({ length: extras }, (_, at) => row[`@${at + 1}`] ?? null);
      const values = extracted.map((column) => row[column.name] ?? null);
      return [KEY, ...[...head, ...values].map((value) => (value === null ? NULL : encode(value)))].join(
        '\t',
      );
    }),
  );
  for (const table of Object.keys(rows))
    if (!sources.some(({ rule }) => rule.table === table)) throw new Error(`no table ${table}`);
  const merged = mergeLines(phase, lines);
  const unified = unifiedTable(phase.bound).copied;
  const folded = foldedTable(phase.bound).copied;
  return {
    unified: merged.unified.map((line) => named(unified, line)),
    folded: merged.folded.map((line) => {
      const row = named(folded, line);
      const source = String(row.source);
      const columns = sources.find(({ rule }) => rule.table === source)?.columns ?? [];
      return {
        source,
        unified_id: String(row.unified_id),
        row: Object.fromEntries(columns.map(({ name }) => [name, row[`${source}_${name}`] ?? null])),
      };
    }),
    booked: Object.fromEntries(
      sources.map(({ rule }, at) => [rule.table, merged.booked[at] ?? { primary: 0, folded: 0 }]),
    ),
  };
}

function named(columns: readonly string[], line: string): OurRow {
  const values = decodeLine(line);
  if (values.length !== columns.length)
    throw new Error(`${values.length} fields for ${columns.length} columns`);
  return Object.fromEntries(columns.map((column, at) => [column.replaceAll('"', ''), values[at] ?? null]));
}
