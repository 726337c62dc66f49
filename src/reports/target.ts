import type { Project } from '../project/project.js';
import type { PhaseName } from './phase-name.js';
import type { ProgressEvent } from './progress.js';

/** How to reach the database and where the tables live. */
export interface TargetOptions {
  /** Address of the database, as psql takes it: a URL or `host=... dbname=...`; without it DATABASE_URL, else the PG* variables. */
  readonly databaseUrl?: string | undefined;
  /** Schema of the legacy tables, and of the unified ones. Default `public`. */
  readonly schema?: string | undefined;
  /** Schema of the tables that the project has in another one; default: `schema` if they are there, else the project's own. */
  readonly appSchema?: string | undefined;
  /** What is restructured; default: the project of `DEFAULT_PROJECT`. */
  readonly project?: Project | undefined;
  /** Phases to work on; default: all of the project, in order. */
  readonly phases?: readonly PhaseName[] | undefined;
  /** Stops the work cleanly; what is committed stays, the ledger says what is left. */
  readonly signal?: AbortSignal | undefined;
  /** Receives what the verb reports while it works. */
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
}

/** Which part of a phase's key space to work on. At most one of the three forms may be given. */
export interface RangeOptions {
  /** Batch numbers, both included. */
  readonly batches?:
    | {
        /** First batch, from 1. */
        readonly from: number;
        /** Last batch, included. */
        readonly to: number;
      }
    | undefined;
  /** Half-open key range `[from, to)`; an open end is left out. Keys are uuids. */
  readonly keys?:
    | {
        /** First key, included; left out: the first of all. */
        readonly from?: string | undefined;
        /** End of the keys, itself left out; left out: all that follow. */
        readonly to?: string | undefined;
      }
    | undefined;
  /** Only keys with a legacy row created, reviewed or updated at or after this time (ISO 8601; UTC where it names no offset). */
  readonly since?: string | undefined;
}

/** Defaults of every numeric option; help texts and documentation are made from it. */
export const DEFAULTS = {
  /** Schema of the legacy tables. */
  schema: 'public',
  /** Legacy rows in a batch. */
  batchSize: 10_000,
  /** Workers that load side by side. */
  concurrency: 2,
  /** Rows that may be put aside. */
  maxRejects: 0,
  /** Differences that are listed of each table. */
  limit: 20,
  /** Seconds for which locks that others hold are tried again. */
  patience: 60,
  /** Seconds between two looks at the queue of changes. */
  syncInterval: 0.2,
} as const;
