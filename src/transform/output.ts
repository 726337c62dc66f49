import { type Encoder, encoderOf } from '../copy-binary/encode.js';
import type { RowBytes } from '../copy-binary/framing.js';
import { RowWriter } from '../copy-binary/row-writer.js';
import { encode, NULL } from '../copy-binary/values.js';
import type { BoundPhase } from '../mapping/bind.js';
import { foldedTable, ownBlock, unifiedTable } from '../mapping/tables.js';
import type { Row } from './row.js';

/** Builds rows by splicing: runs of fields that nothing changes are copied as one piece. */
export class RowBuilder {
  readonly #row = new RowWriter();
  readonly #encoders: readonly Encoder[];
  readonly #unifiedWidth: number;
  readonly #foldedWidth: number;
  /** Columns of each source: in the unified table, and in that of folded rows. */
  readonly #own: readonly number[];
  readonly #extracted: readonly number[];
  readonly #tables: readonly string[];
  readonly #hasUnifiedId: boolean;

  constructor(bound: BoundPhase) {
    this.#encoders = bound.mapping.computed.map((column) => encoderOf(column.ddl));
    this.#unifiedWidth = unifiedTable(bound).copied.length;
    this.#foldedWidth = foldedTable(bound).copied.length;
    this.#own = bound.sources.map((source) => ownBlock(source).length);
    this.#extracted = bound.sources.map((source) => source.extracted.length);
    this.#hasUnifiedId = bound.mapping.isOnePerKey !== true;
    this.#tables = bound.sources.map((source) => encode(source.rule.table));
  }

  /** Begins a unified row: its computed columns are to be written to what this gives, in their order. */
  begin(): RowWriter {
    this.#row.begin(this.#unifiedWidth);
    return this.#row;
  }

  /** Writes values of computed columns. @param first the index of the first one's column */
  computed(first: number, values: readonly string[]): void {
    for (let index = 0; index < values.length; index += 1)
      this.#encoders[first + index]?.(values[index] ?? NULL, this.#row);
  }

  /** Ends a unified row with each source's block of own columns. */
  finish(rows: readonly (Row | null)[]): RowBytes {
    for (let index = 0; index < this.#own.length; index += 1) {
      const width = this.#own[index] as number;
      if (width === 0) continue;
      const row = rows[index];
      if (row == null) this.#row.nulls(width);
      else this.#row.copy(row, row.ownAt, row.end);
    }
    return this.#row;
  }

  /** A row kept whole. */
  folded(source: number, unifiedId: string, key: string, row: Row): RowBytes {
    const out = this.#row;
    out.begin(this.#foldedWidth);
    out.field(this.#tables[source] ?? '');
    out.field(key);
    if (this.#hasUnifiedId) out.field(unifiedId);
    for (let index = 0; index < this.#extracted.length; index += 1) {
      if (index === source) out.copy(row, row.legacyAt, row.end);
      else out.nulls(this.#extracted[index] as number);
    }
    return out;
  }
}
