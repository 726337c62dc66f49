import type { TargetOptions } from './target.js';

export interface RefreshOptions extends Omit<TargetOptions, 'phases'> {
  /** Refresh what has not changed, too. */
  readonly force?: boolean | undefined;
}

export interface RefreshEveryOptions extends RefreshOptions {
  readonly everySeconds: number;
  /** What each round found. */
  readonly onRound?: ((report: RefreshReport) => void) | undefined;
}

/** What is known of a materialized view. */
export interface ViewStatus {
  readonly name: string;
  /** Null: it has never been filled. */
  readonly refreshedAt: string | null;
  /** What the last refresh took. */
  readonly seconds: number | null;
  /** Whether its tables may have changed since; null: nobody reports the changes of one of them. */
  readonly stale: boolean | null;
}

export interface RefreshReport {
  readonly database: string;
  readonly schema: string;
  readonly views: readonly (ViewStatus & {
    /** False: nothing had changed since the last refresh. */
    readonly refreshed: boolean;
  })[];
  readonly seconds: number;
}

/** How a series of refreshes went that was ended by a signal. */
export interface RefreshSeriesReport {
  readonly database: string;
  readonly schema: string;
  readonly rounds: number;
  /** Rounds that were put off because another command was at work, or because the server did not answer. */
  readonly putOff: number;
  /** Views refreshed, over all rounds. */
  readonly refreshed: number;
  readonly seconds: number;
}

export interface ScheduleOptions extends Omit<TargetOptions, 'phases'> {
  readonly everySeconds: number;
}

/** The job of pg_cron that refreshes the views. */
export interface ScheduleReport {
  readonly database: string;
  readonly schema: string;
  readonly job: { readonly id: number; readonly name: string; readonly schedule: string };
}
