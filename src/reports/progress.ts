import type { PhaseName } from './phase-name.js';

/** What a verb reports while it works. */
export type ProgressEvent =
  | {
      /** What kind of event it is. */
      readonly type: 'phase';
      /** Name of the phase. */
      readonly phase: PhaseName;
      /** Batches to load. */
      readonly batches: number;
      /** Number of rows. */
      readonly rows: number;
    }
  | {
      /** What kind of event it is. */
      readonly type: 'step';
      /** Name of the phase. */
      readonly phase: PhaseName;
      /** The step that begins. */
      readonly step: Step;
      /** More about it, in a sentence. */
      readonly detail?: string;
    }
  | {
      /** What kind of event it is. */
      readonly type: 'batch';
      /** Name of the phase. */
      readonly phase: PhaseName;
      /** Number of the batch. */
      readonly batch: number;
      /** Number of rows. */
      readonly rows: number;
      /** Batches loaded so far. */
      readonly doneBatches: number;
      /** All batches. */
      readonly totalBatches: number;
      /** Legacy rows read so far. */
      readonly doneRows: number;
      /** All legacy rows. */
      readonly totalRows: number;
    }
  | {
      /** A run at work does what it was told: it stands still, goes on, or goes on at another rate. */
      readonly type: 'order';
      /** Name of the phase. */
      readonly phase: PhaseName;
      /** What the run does now. */
      readonly order: 'paused' | 'resumed' | 'throttled';
      /** Who did it: user, host and process, as the ledger has it. */
      readonly by: string;
      /** When it was: ISO 8601. */
      readonly at: string;
      /** Legacy rows a second at most; null: no limit. */
      readonly maxRate: number | null;
    }
  | {
      /** Changes of the legacy tables were applied. */
      readonly type: 'sync';
      /** Name of the phase. */
      readonly phase: PhaseName;
      /** Applied since the work began. */
      readonly changes: number;
      /** In the queue still, as far as is known. */
      readonly backlog: number;
      /** Age of the oldest change when it was taken. */
      readonly lagSeconds: number;
      /** Changes applied in a second. */
      readonly changesPerSecond: number;
    }
  | {
      /** What kind of event it is. */
      readonly type: 'notice';
      /** How much it matters. */
      readonly level: 'info' | 'warn';
      /** What there is to be said, in a sentence. */
      readonly message: string;
    };

/** A step of a verb. */
export type Step =
  | 'plan'
  | 'tables'
  | 'capture'
  | 'load'
  | 'count'
  | 'sync'
  | 'indexes'
  | 'views'
  | 'refresh'
  | 'verify'
  | 'drop'
  | 'preflight'
  | 'swap'
  | 'revert'
  | 'complete';
