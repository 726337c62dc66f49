import { NULL } from '../copy-text/copy-text.js';
import type { BoundPhase } from '../mapping/bind.js';
import { ownBlock } from '../mapping/tables.js';
import type { Row } from './row.js';

/** What a transformer gives: lines for the unified table and for the table of folded rows, and what became of each row. */
export interface Output {
  unified(line: string): void;
  folded(line: string): void;
  /** Books what became of one row of a source: law 2. */
  book(source: number, outcome: 'primary' | 'folded'): void;
}

/** Builds lines by splicing: blocks of fields that nothing changes are copied as one piece. */
export class LineBuilder {
  readonly #noOwn: readonly string[];
  readonly #foldedBefore: readonly string[];
  readonly #foldedAfter: readonly string[];
  readonly #tables: readonly string[];

  constructor(bound: BoundPhase) {
    const nulls = (count: number) => `\t${NULL}`.repeat(count);
    const widths = bound.sources.map((source) => source.extracted.length);
    const sum = (part: readonly number[]) => part.reduce((total, width) => total + width, 0);
    this.#noOwn = bound.sources.map((source) => nulls(ownBlock(source).length));
    this.#foldedBefore = widths.map((_, index) => nulls(sum(widths.slice(0, index))));
    this.#foldedAfter = widths.map((_, index) => nulls(sum(widths.slice(index + 1))));
    this.#tables = bound.sources.map((source) => source.rule.table);
  }

  /** The computed fields, then each source's block of own columns. */
  unified(computed: readonly string[], rows: readonly (Row | null)[]): string {
    let line = computed.join('\t');
    for (let index = 0; index < this.#noOwn.length; index += 1) {
      const none = this.#noOwn[index] ?? '';
      if (none === '') continue;
      const row = rows[index];
      line += row == null ? none : `\t${row.line.slice(row.ownAt)}`;
    }
    return line;
  }

  /** A row kept whole. */
  folded(source: number, unifiedId: string, key: string, row: Row): string {
    const head = `${this.#tables[source]}\t${unifiedId}\t${key}`;
    return `${head}${this.#foldedBefore[source]}\t${row.line.slice(row.legacyAt)}${this.#foldedAfter[source]}`;
  }
}
