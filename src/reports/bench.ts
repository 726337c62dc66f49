import type { TargetOptions } from './target.js';

export interface BenchOptions extends Omit<TargetOptions, 'phases'> {
  /** Only the questions: neither storage nor the readers side by side. */
  readonly performanceOnly?: boolean | undefined;
  /** Names of the questions to ask; default: all. */
  readonly questions?: readonly string[] | undefined;
  /** How long each question is asked, both forms together; five times at least, however long that takes. */
  readonly questionSeconds?: number | undefined;
  /** Sessions that read side by side. */
  readonly readers?: number | undefined;
  /** How long they read in each form. */
  readonly loadSeconds?: number | undefined;
}

export const BENCH_DEFAULTS = { questionSeconds: 3, readers: 4, loadSeconds: 6 } as const;

/** A question to a legacy view may take so many times as long as to its legacy table. */
export const MOST_ON_VIEWS = 1.5;

/** One form of a question, as it was measured. Milliseconds; null: not measured. */
export interface Timing {
  readonly runs: number;
  readonly p50: number;
  readonly p95: number;
  /** The first run with empty shared buffers. */
  readonly cold: number | null;
  /** Processor time of the backend for one run, without parallel workers. */
  readonly cpu: number | null;
  /** Blocks of 8 kB for one run: found in shared buffers, read, and written to or read from temporary files. */
  readonly buffers: { readonly hit: number; readonly read: number; readonly temporary: number };
  readonly plan: { readonly nodes: number; readonly joins: number };
  readonly sql: string;
}

export interface BenchQuery {
  readonly group: string;
  readonly name: string;
  readonly asks: string;
  /** `different`: the two answers are not equal, and nothing was timed. `left-out`: it cannot be asked here. */
  readonly status: 'measured' | 'different' | 'left-out';
  /** Why it was left out, or how the answers differ. */
  readonly reason: string | null;
  /** Rows of both answers, over all arguments. */
  readonly rows: number | null;
  /** Medians. */
  readonly legacyMs: number | null;
  readonly unifiedMs: number | null;
  /** legacyMs / unifiedMs. */
  readonly speedup: number | null;
  readonly legacy: Timing | null;
  readonly unified: Timing | null;
}

export interface TableSize {
  readonly table: string;
  readonly heap: number;
  readonly toast: number;
  readonly indexes: number;
  readonly total: number;
}

/** Bytes of heap, TOAST and indexes. */
export interface BenchStorage {
  readonly legacy: TableSize;
  readonly unified: TableSize;
  /** Negative where the unified tables are larger. */
  readonly savedPercent: number;
  readonly legacyTables: readonly TableSize[];
  readonly unifiedTables: readonly TableSize[];
}

export interface LoadResult {
  readonly seconds: number;
  readonly queries: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface BenchLoad {
  readonly readers: number;
  /** The questions that were asked, in turn. */
  readonly questions: readonly string[];
  readonly legacy: LoadResult;
  readonly unified: LoadResult;
}

/** A goal, and what was measured. */
export interface BenchTarget {
  readonly name: string;
  readonly goal: string;
  readonly measured: string | null;
  readonly met: boolean | null;
}

export interface BenchReport {
  readonly database: string;
  readonly schema: string;
  readonly server: string;
  readonly at: string;
  /** Rows of the legacy tables, as the planner knows them. */
  readonly legacyRows: number;
  readonly shapes: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly equal: boolean;
  readonly queries: readonly BenchQuery[];
  readonly storage: BenchStorage | null;
  readonly load: BenchLoad | null;
  readonly targets: readonly BenchTarget[];
  /** What the goals were set for, in words; older reports do not say it. */
  readonly goalsFor?: string | undefined;
  /** What could not be measured, and why. */
  readonly notMeasured: readonly string[];
  readonly seconds: number;
}
