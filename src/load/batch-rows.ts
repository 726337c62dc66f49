import { fieldIn, type RowBytes } from '../copy-binary/framing.js';
import { RowLog } from '../copy-binary/row-log.js';
import { uuidBytes, uuidText } from '../keys/uuid.js';
import type { BatchCounts, SourceCounts } from '../ledger/batches.js';
import type { Reject } from '../ledger/rejects.js';
import type { Output } from '../mapping/merger.js';

/** Bytes of one batch's rows that stay in memory; beyond it they go to a temporary file. */
const MEMORY_PER_LOG = 16 << 20;

/** Where the merge key is in the rows of each table. */
const KEY_FIELD = { unified: 1, folded: 1 } as const;

/** The rows of one batch, ready to be copied as often as it takes. */
export class BatchRows implements Output {
  readonly #sources: readonly string[];
  readonly #counts: { read: number; primary: number; folded: number; rejected: number }[];
  #unified = new RowLog(MEMORY_PER_LOG);
  #folded = new RowLog(MEMORY_PER_LOG);
  readonly #rejects: Reject[] = [];

  constructor(sources: readonly string[]) {
    this.#sources = sources;
    this.#counts = sources.map(() => ({ read: 0, primary: 0, folded: 0, rejected: 0 }));
  }

  unified(row: RowBytes): void {
    this.#unified.add(row);
  }

  folded(row: RowBytes): void {
    this.#folded.add(row);
  }

  book(source: number, outcome: 'primary' | 'folded'): void {
    const counts = this.#counts[source];
    if (counts === undefined) return;
    counts.read += 1;
    counts[outcome] += 1;
  }

  log(table: keyof typeof KEY_FIELD): RowLog {
    return table === 'unified' ? this.#unified : this.#folded;
  }

  get rejects(): readonly Reject[] {
    return this.#rejects;
  }

  /** The merge key of a row of a table, counted from 1 as COPY counts lines. */
  keyOfLine(table: keyof typeof KEY_FIELD, line: number): string | undefined {
    let at = 0;
    for (const row of this.log(table)) {
      at += 1;
      if (at === line) return uuidText(fieldIn(row, KEY_FIELD[table]));
    }
    return undefined;
  }

  /**
   * Takes all rows of a key out again and puts its legacy rows among the rejects.
   *
   * @param booked what had been booked for them
   */
  reject(key: string, rejects: readonly Reject[], booked: BatchRows): void {
    this.#unified = without(this.#unified, 'unified', key);
    this.#folded = without(this.#folded, 'folded', key);
    this.#rejects.push(...rejects);
    this.#counts.forEach((counts, index) => {
      const taken = booked.#counts[index];
      counts.primary -= taken?.primary ?? 0;
      counts.folded -= taken?.folded ?? 0;
      counts.rejected += taken?.read ?? 0;
    });
  }

  counts(): BatchCounts {
    const sources: Record<string, SourceCounts> = {};
    this.#sources.forEach((name, index) => {
      const counts = this.#counts[index];
      if (counts !== undefined) sources[name] = counts;
    });
    const sum = (pick: (counts: SourceCounts) => number) =>
      this.#counts.reduce((total, counts) => total + pick(counts), 0);
    return {
      sources,
      rowsIn: sum((counts) => counts.read),
      rowsOut: this.#unified.rows,
      folded: sum((counts) => counts.folded),
      rejected: sum((counts) => counts.rejected),
    };
  }

  close(): void {
    this.#unified.close();
    this.#folded.close();
  }
}

function without(log: RowLog, table: keyof typeof KEY_FIELD, key: string): RowLog {
  const kept = new RowLog(MEMORY_PER_LOG);
  const taken = uuidBytes(key);
  for (const row of log) if (fieldIn(row, KEY_FIELD[table]) !== taken) kept.add(row);
  log.close();
  return kept;
}
