import type { Running } from './status.js';
import type { TargetOptions } from './target.js';

/** Options of `throttle`. */
export interface ThrottleOptions extends OrderOptions {
  /** Legacy rows per second; null: no limit, whatever the run was started with. */
  readonly maxRate: number | null;
}

/** Which run an order is for: the one at work on this schema. */
export type OrderOptions = Pick<TargetOptions, 'databaseUrl' | 'project' | 'schema' | 'signal'>;

/** What an order did to the run at work. */
export interface OrderReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** What was ordered. */
  readonly order: 'pause' | 'resume' | 'throttle';
  /** False: the run had been told so already. */
  readonly changed: boolean;
  /** The run as it has been told now. */
  readonly run: Running;
}
