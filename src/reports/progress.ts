import type { PhaseName } from './phase-name.js';

export type ProgressEvent =
  | { readonly type: 'phase'; readonly phase: PhaseName; readonly batches: number; readonly rows: number }
  | { readonly type: 'step'; readonly phase: PhaseName; readonly step: Step; readonly detail?: string }
  | {
      readonly type: 'batch';
      readonly phase: PhaseName;
      readonly batch: number;
      readonly rows: number;
      readonly doneBatches: number;
      readonly totalBatches: number;
      readonly doneRows: number;
      readonly totalRows: number;
    }
  | {
      /** A run at work does what it was told: it stands still, goes on, or goes on at another rate. */
      readonly type: 'order';
      readonly phase: PhaseName;
      readonly order: 'paused' | 'resumed' | 'throttled';
      readonly by: string;
      readonly at: string;
      readonly maxRate: number | null;
    }
  | {
      /** Changes of the legacy tables were applied. */
      readonly type: 'sync';
      readonly phase: PhaseName;
      /** Applied since the work began. */
      readonly changes: number;
      /** In the queue still, as far as is known. */
      readonly backlog: number;
      /** Age of the oldest change when it was taken. */
      readonly lagSeconds: number;
      readonly changesPerSecond: number;
    }
  | { readonly type: 'notice'; readonly level: 'info' | 'warn'; readonly message: string };

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
