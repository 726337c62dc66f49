import type { TargetOptions } from './target.js';

/** Options of `restore`. */
export interface RestoreOptions
  extends Pick<TargetOptions, 'databaseUrl' | 'project' | 'signal' | 'onProgress'> {
  /** The directory of the backup. */
  readonly from: string;
  /** Make everything in this schema, which is made too; default: under the names that it had. */
  readonly into?: string | undefined;
  /** Tables to restore, as `name` or `schema.name`; default: all. */
  readonly tables?: readonly string[] | undefined;
  /** Also read every restored table back as text, and compare it byte for byte with what was saved. */
  readonly verify?: boolean | undefined;
}

/** A table that was made again. */
export interface RestoredTable {
  /** Schema of the tables. */
  readonly schema: string;
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Number of rows. */
  readonly rows: number;
  /** Of the restored table; it equals the manifest's, or nothing is restored. */
  readonly hash: string;
}

/** What was made again. */
export interface RestoreReport {
  /** Name of the database. */
  readonly database: string;
  /** The directory of the backup. */
  readonly directory: string;
  /** Hash of the manifest, which names the backup. */
  readonly manifestHash: string;
  /** When the backup was taken. */
  readonly takenAt: string;
  /** Whether this database's ledger knows the very manifest. */
  readonly knownToLedger: boolean;
  /** One entry for each table. */
  readonly tables: readonly RestoredTable[];
  /** Whether the text was compared too. */
  readonly verified: boolean;
  /** Whether the catalog says of everything what the backup says: always, unless `differences` names what. */
  readonly equal: boolean;
  /** What differs, up to the limit that was asked for. */
  readonly differences: readonly string[];
  /** What could not be as it was: foreign keys on tables that are not there, roles that are not known. */
  readonly warnings: readonly string[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}
