import type { TargetOptions } from './target.js';

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

export interface RestoredTable {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
  /** Of the restored table; it equals the manifest's, or nothing is restored. */
  readonly hash: string;
}

export interface RestoreReport {
  readonly database: string;
  readonly directory: string;
  readonly manifestHash: string;
  /** When the backup was taken. */
  readonly takenAt: string;
  /** Whether this database's ledger knows the very manifest. */
  readonly knownToLedger: boolean;
  readonly tables: readonly RestoredTable[];
  /** Whether the text was compared too. */
  readonly verified: boolean;
  /** Whether the catalog says of everything what the backup says: always, unless `differences` names what. */
  readonly equal: boolean;
  readonly differences: readonly string[];
  /** What could not be as it was: foreign keys on tables that are not there, roles that are not known. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}
