import type { ErrorCode } from '../errors.js';
import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';

/** Options of `check`. */
export interface CheckOptions extends TargetOptions {
  /** Address of a server on which databases may be made and dropped; default: one that Drydock starts itself. */
  readonly scratchUrl?: string | undefined;
  /** What is generated follows from it. Default 1. */
  readonly seed?: number | undefined;
  /** How long things are tried. What was begun is ended; each kind is tried once at the least. Default 25. */
  readonly seconds?: number | undefined;
}

/** What holds where an option is left out. */
export const CHECK_DEFAULTS = {
  /** The number from which rows and writes are drawn. */
  seed: 1,
  /** Seconds in which it tries. */
  seconds: 25,
} as const;

/** What a declaration is refused for, before anything is made. */
export interface CheckRefusal {
  /** The kind of it; docs/errors.md lists the codes of errors. */
  readonly code: ErrorCode;
  /** What there is to be said, in a sentence. */
  readonly message: string;
  /** What to do: a command or an action. */
  readonly next: string;
}

/** A row that was generated: what each column was given, as text. Columns that are left out were null. */
export interface ExampleRow {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Values as text, by column. */
  readonly values: Readonly<Record<string, string>>;
}

/** Something that went wrong with generated rows, on the smallest of them that it was found with. */
export interface CheckFault {
  /**
   * `computed`: SQL of the declaration fails, or depends on the settings of a session. `run`, `verify`, `cutover`, `sync`,
   * `rollback`: that step fails, or leaves a difference. `old-names`: a write under an old name did something else than the
   * same write to a plain table. `unified`: a direct write that was taken did not last, or failed without a reason.
   */
  readonly kind: 'computed' | 'run' | 'verify' | 'cutover' | 'old-names' | 'unified' | 'sync' | 'rollback';
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** What there is to be said, in a sentence. */
  readonly message: string;
  /** The rows that show it. */
  readonly rows: readonly ExampleRow[];
  /** Statements that were given after the cutover, in their order. */
  readonly writes: readonly string[];
  /** What to do: a command or an action. */
  readonly next: string;
}

/** What became of generated values of one column on their way into a shared one and back. */
export interface ConversionTrial {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** The shared column. */
  readonly column: string;
  /** Name of the table, without its schema. */
  readonly table: string;
  /** The legacy column. */
  readonly from: string;
  /** How many different values were tried. */
  readonly values: number;
  /** How many of them the shared column gives back by itself. */
  readonly exact: number;
  /** Some of the others, which are kept in the residue. */
  readonly residue: readonly string[];
  /** Values written to the shared column of rows of this source that were taken, and that were refused. */
  readonly back: {
    /** Values that became legacy values. */
    readonly taken: number;
    /** Values that no legacy value stands for, refused by name. */
    readonly refused: number;
  };
}

/** What was tried of a declaration. */
export interface CheckReport {
  /** Null: the declaration itself is refused, and no database was looked at. */
  readonly database: string | null;
  /** Version of the server; null: none was asked. */
  readonly server: string | null;
  /** Schema of the legacy tables; null: none was looked at. */
  readonly schema: string | null;
  /** The number from which everything at random was drawn. */
  readonly seed: number;
  /** The server on which things were tried; null: nothing was, because of the refusals. */
  readonly scratch: string | null;
  /** What cannot be meant as it is declared. */
  readonly refusals: readonly CheckRefusal[];
  /** What was tried of each conversion. */
  readonly conversions: readonly ConversionTrial[];
  /** What was tried on a server; null: nothing was. */
  readonly tried: {
    /** Databases that were made and filled with generated rows. */
    readonly worlds: number;
    /** Legacy rows that were generated. */
    readonly rows: number;
    /** Generated rows that the tables themselves refused. */
    readonly refusedRows: number;
    /** Statements under the old names, and directly; what was refused for a reason is counted apart. */
    readonly writes: {
      /** Under the old names. */
      readonly oldNames: number;
      /** To the unified tables. */
      readonly unified: number;
      /** Those among them that were refused. */
      readonly refused: number;
    };
  };
  /** Where a law did not hold. */
  readonly faults: readonly CheckFault[];
  /** What could not be tried, in sentences. */
  readonly notTried: readonly string[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}
