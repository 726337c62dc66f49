import { type Encoder, encoderOf } from '../copy-binary/encode.js';
import { int16, NULL_FIELD, pushField } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { BoundPhase } from '../mapping/bind.js';
import { foldedTable, ownBlock, unifiedTable } from '../mapping/tables.js';
import type { Row } from './row.js';

/** What a transformer gives: rows for the unified table and for the table of folded rows, and what became of each row. */
export interface Output {
  unified(row: string): void;
  folded(row: string): void;
  /** Books what became of one row of a source: law 2. */
  book(source: number, outcome: 'primary' | 'folded'): void;
}

/** Builds rows by splicing: runs of fields that nothing changes are copied as one piece. */
export class RowBuilder {
  readonly #encoders: readonly Encoder[];
  readonly #unifiedWidth: string;
  readonly #foldedWidth: string;
  readonly #noOwn: readonly string[];
  readonly #foldedBefore: readonly string[];
  readonly #foldedAfter: readonly string[];
  readonly #tables: readonly string[];

  constructor(bound: BoundPhase) {
    const nulls = (count: number) => NULL_FIELD.repeat(count);
    const widths = bound.sources.map((source) => source.extracted.length);
    const sum = (part: readonly number[]) => part.reduce((total, width) => total + width, 0);
    this.#encoders = bound.mapping.computed.map((column) => encoderOf(column.ddl));
    this.#unifiedWidth = int16(unifiedTable(bound).copied.length);
    this.#foldedWidth = int16(foldedTable(bound).copied.length);
    this.#noOwn = bound.sources.map((source) => nulls(ownBlock(source).length));
    this.#foldedBefore = widths.map((_, index) => nulls(sum(widths.slice(0, index))));
    this.#foldedAfter = widths.map((_, index) => nulls(sum(widths.slice(index + 1))));
    this.#tables = bound.sources.map((source) => source.rule.table);
  }

  /** The computed values, then each source's block of own columns. */
  unified(computed: readonly string[], rows: readonly (Row | null)[]): string {
    const pieces = [this.#unifiedWidth];
    for (let index = 0; index < this.#encoders.length; index += 1)
      this.#encoders[index]?.(computed[index] ?? NULL, pieces);
    for (let index = 0; index < this.#noOwn.length; index += 1) {
      const none = this.#noOwn[index] ?? '';
      const row = rows[index];
      if (none !== '') pieces.push(row == null ? none : row.bytes.slice(row.ownAt));
    }
    return pieces.join('');
  }

  /** A row kept whole. */
  folded(source: number, unifiedId: string, key: string, row: Row): string {
    const pieces = [this.#foldedWidth];
    for (const value of [this.#tables[source] ?? '', unifiedId, key]) pushField(value, pieces);
    pieces.push(
      this.#foldedBefore[source] ?? '',
      row.bytes.slice(row.legacyAt),
      this.#foldedAfter[source] ?? '',
    );
    return pieces.join('');
  }
}
