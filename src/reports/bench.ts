import type { TargetOptions } from './target.js';

/** Options of `bench`. */
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

/** Defaults of `bench`; help texts are made from them. */
export const BENCH_DEFAULTS = {
  /** Seconds for which each question is asked. */
  questionSeconds: 3,
  /** Readers that ask side by side. */
  readers: 4,
  /** Seconds for which they do. */
  loadSeconds: 6,
} as const;

/** A question to a legacy view may take so many times as long as to its legacy table. */
export const MOST_ON_VIEWS = 1.5;

/** One form of a question, as it was measured. Milliseconds; null: not measured. */
export interface Timing {
  /** How often it was asked. */
  readonly runs: number;
  /** Median, in milliseconds. */
  readonly p50: number;
  /** 95th percentile, in milliseconds. */
  readonly p95: number;
  /** The first run with empty shared buffers. */
  readonly cold: number | null;
  /** Processor time of the backend for one run, without parallel workers. */
  readonly cpu: number | null;
  /** Blocks of 8 kB for one run: found in shared buffers, read, and written to or read from temporary files. */
  readonly buffers: {
    /** Pages found in shared buffers. */
    readonly hit: number;
    /** Pages read from elsewhere. */
    readonly read: number;
    /** Pages of temporary files, read and written. */
    readonly temporary: number;
  };
  /** Shape of the plan. */
  readonly plan: {
    /** Nodes of the plan. */
    readonly nodes: number;
    /** Joins among them. */
    readonly joins: number;
  };
  /** The statement that was measured. */
  readonly sql: string;
}

/** One question, in both forms. */
export interface BenchQuery {
  /** The group of questions that it belongs to. */
  readonly group: string;
  /** Its name. */
  readonly name: string;
  /** The question, in a sentence. */
  readonly asks: string;
  /** `different`: the two answers are not equal, and nothing was timed. `left-out`: it cannot be asked here. */
  readonly status: 'measured' | 'different' | 'left-out';
  /** Why it was left out, or how the answers differ. */
  readonly reason: string | null;
  /** Rows of both answers, over all arguments. */
  readonly rows: number | null;
  /** Medians. */
  readonly legacyMs: number | null;
  /** Median of the unified form in milliseconds, where it alone has an answer; else null. */
  readonly unifiedMs: number | null;
  /** legacyMs / unifiedMs. */
  readonly speedup: number | null;
  /** The question to the legacy tables; null where they cannot answer it. */
  readonly legacy: Timing | null;
  /** The question to the unified tables; null where it was not asked. */
  readonly unified: Timing | null;
}

/** Sizes of a table, in bytes. */
export interface TableSize {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Bytes of its rows. */
  readonly heap: number;
  /** Bytes of large values that are stored aside. */
  readonly toast: number;
  /** Bytes of its indexes. */
  readonly indexes: number;
  /** Bytes of all of it. */
  readonly total: number;
}

/** Bytes of heap, TOAST and indexes. */
export interface BenchStorage {
  /** The legacy tables together. */
  readonly legacy: TableSize;
  /** The unified tables together. */
  readonly unified: TableSize;
  /** Negative where the unified tables are larger. */
  readonly savedPercent: number;
  /** Each of the legacy tables. */
  readonly legacyTables: readonly TableSize[];
  /** Each of the unified tables. */
  readonly unifiedTables: readonly TableSize[];
}

/** What many readers at once got. */
export interface LoadResult {
  /** Time that it took, in seconds. */
  readonly seconds: number;
  /** Questions that were answered. */
  readonly queries: number;
  /** Answers in a second. */
  readonly perSecond: number;
  /** Median, in milliseconds. */
  readonly p50: number;
  /** 95th percentile, in milliseconds. */
  readonly p95: number;
  /** 99th percentile, in milliseconds. */
  readonly p99: number;
}

/** Many readers at once, on both forms. */
export interface BenchLoad {
  /** Readers that ask side by side. */
  readonly readers: number;
  /** The questions that were asked, in turn. */
  readonly questions: readonly string[];
  /** Of the legacy side. */
  readonly legacy: LoadResult;
  /** Of the unified side. */
  readonly unified: LoadResult;
}

/** A goal, and what was measured. */
export interface BenchTarget {
  /** Its name. */
  readonly name: string;
  /** What is aimed at, in words. */
  readonly goal: string;
  /** What was measured, in words; null: nothing was. */
  readonly measured: string | null;
  /** Whether it was reached; null: nothing was measured. */
  readonly met: boolean | null;
}

/** What a benchmark measured. */
export interface BenchReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Version of the server, such as `18.4`. */
  readonly server: string;
  /** When it was: ISO 8601. */
  readonly at: string;
  /** Rows of the legacy tables, as the planner knows them. */
  readonly legacyRows: number;
  /** Form of each legacy table, by name. */
  readonly shapes: Readonly<Record<string, string>>;
  /** Settings of the server that bear on the result, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether both forms gave the same answers. */
  readonly equal: boolean;
  /** One entry for each query. */
  readonly queries: readonly BenchQuery[];
  /** Sizes; null: not measured. */
  readonly storage: BenchStorage | null;
  /** Many readers at once; null: not measured. */
  readonly load: BenchLoad | null;
  /** What is aimed at, with what was measured. */
  readonly targets: readonly BenchTarget[];
  /** What the goals were set for, in words; older reports do not say it. */
  readonly goalsFor?: string | undefined;
  /** What could not be measured, and why. */
  readonly notMeasured: readonly string[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}
