import { type Encoder, encoderOf } from '../copy-binary/encode.js';
import { fieldOf, int16, NULL_FIELD } from '../copy-binary/framing.js';
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
    this.#tables = bound.sources.map((source) => fieldOf(source.rule.table));
  }

  /** The computed values, then each source's block of own columns. */
  unified(computed: readonly string[], rows: readonly (Row | null)[]): string {
    let bytes = this.#unifiedWidth;
    for (let index = 0; index < this.#encoders.length; index += 1)
      bytes += (this.#encoders[index] as Encoder)(computed[index] as string);
    for (let index = 0; index < this.#noOwn.length; index += 1) {
      const none = this.#noOwn[index] ?? '';
      if (none === '') continue;
      const row = rows[index];
      bytes += row == null ? none : row.bytes.slice(row.ownAt);
    }
    return bytes;
  }

  /** A row kept whole. */
  folded(source: number, unifiedId: string, key: string, row: Row): string {
    const head = this.#foldedWidth + this.#tables[source] + fieldOf(unifiedId) + fieldOf(key);
    return head + this.#foldedBefore[source] + row.bytes.slice(row.legacyAt) + this.#foldedAfter[source];
  }
}
