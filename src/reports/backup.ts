import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';

/** Options of `backup`. */
export interface BackupOptions extends TargetOptions {
  /** The directory that the backup becomes; it must not be there, or be empty. */
  readonly to: string;
  /** Tables that are written side by side. */
  readonly concurrency?: number | undefined;
}

/** A table that was saved. */
export interface BackedUpTable {
  /** Schema of the tables. */
  readonly schema: string;
  /** Name of the table, without its schema. */
  readonly table: string;
  /** `legacy`: a table that the phase reads. `unified`: one that Drydock made for it. */
  readonly part: 'legacy' | 'unified';
  /** Number of rows. */
  readonly rows: number;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Bytes of the text in it. */
  readonly textBytes: number;
  /** Two sums, one per seed, joined by a colon. */
  readonly hash: string;
}

/** What a backup saved. */
export interface BackupReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Names of the phases whose tables were saved. */
  readonly phases: readonly PhaseName[];
  /** Where the backup is, as an absolute path. */
  readonly directory: string;
  /** When the snapshot was taken that all of it shows. */
  readonly takenAt: string;
  /** One entry for each table. */
  readonly tables: readonly BackedUpTable[];
  /** Bytes of all files. */
  readonly bytes: number;
  /** SHA-256 of the manifest, which names every file with its own. */
  readonly manifestHash: string;
  /** `pg_dump` of the same snapshot stands beside it, for people to read; else why not. */
  readonly pgDump:
    | {
        /** File of the definitions. */
        readonly file: string;
      }
    | {
        /** Why there is none, in a sentence. */
        readonly left: string;
      };
  /** What hangs on the tables and is not in the backup, in words. */
  readonly notCarried: readonly string[];
  /** Whether the ledger knows of the backup; there may be no ledger yet, and that of a standby takes no entries. */
  readonly recorded: boolean;
  /** The server was a standby: one session read everything, and a cutover does not know of this backup. */
  readonly standby: boolean;
  /** Time that it took, in seconds. */
  readonly seconds: number;
}
