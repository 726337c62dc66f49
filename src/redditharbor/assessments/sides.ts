import { isReadAsText } from '../../copy-binary/decode.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyTable } from '../../legacy/detect.js';
import type { BoundPhase } from '../../mapping/bind.js';
import type { Group } from '../../mapping/merger.js';
import { Row, type RowReader } from '../../transform/row.js';
import { StandingReader } from '../../transform/standing.js';

export const TIMES = {
  created: ['created_at', 'score_date', 'validation_date', 'calculated_at'],
  updated: ['updated_at', 'score_date', 'validation_date', 'calculated_at'],
} as const;

/** One source of assessments: where its fields are, by any of the names that the shapes give them. */
export class Side {
  readonly index: number;
  readonly table: LegacyTable;
  readonly rows: RowReader;
  readonly standing: StandingReader;
  /** A row that is read again and again, where none of them is kept. */
  readonly #passing: Row;

  private constructor(index: number, table: LegacyTable, rows: RowReader, standing: StandingReader) {
    this.index = index;
    this.table = table;
    this.rows = rows;
    this.standing = standing;
    this.#passing = new Row(rows);
  }

  /** @returns null where the table is not there */
  static of(bound: BoundPhase, readers: readonly RowReader[], name: string): Side | null {
    const index = bound.sources.findIndex((source) => source.rule.table === name);
    const [source, rows] = [bound.sources[index], readers[index]];
    if (source === undefined || rows === undefined) return null;
    return new Side(index, source.table, rows, new StandingReader(source, rows, TIMES));
  }

  /** The only row of a group; null where there are none, or several. */
  only(group: Group): Row | null {
    const rows = group.rows[this.index];
    if (rows === undefined || rows.first === undefined || rows.count > 1) return null;
    this.#passing.read(rows.first);
    return this.#passing;
  }

  /** Goes through the rows of a group, each in the place of the one before. */
  each(group: Group, take: (row: Row, isOnly: boolean) => void): void {
    const only = this.only(group);
    if (only !== null) {
      take(only, true);
      return;
    }
    const row = this.#passing;
    for (const bytes of group.rows[this.index] ?? []) {
      row.read(bytes);
      take(row, false);
    }
  }
}

/**
 * Where a side's rows have a text or a number, by any of the names that the shapes give it; -1 for nowhere. A column of
 * another type, such as an array, has nothing that a summary could say: its values stand in the record, whole.
 */
export function placeOf(side: Side | null, names: readonly string[]): number {
  const place = (name: string) => {
    const type = side === null ? undefined : columnOf(side.table, name)?.type;
    return side !== null && type !== undefined && isReadAsText(type) ? side.rows.indexOf(name) : -1;
  };
  return names.map(place).find((found) => found >= 0) ?? -1;
}

export function countOf(group: Group, side: Side | null): number {
  return group.rows[side?.index ?? -1]?.count ?? 0;
}
