import type { TargetOptions } from './target.js';

/** Options of `refresh`. */
export interface RefreshOptions extends Omit<TargetOptions, 'phases'> {
  /** Refresh what has not changed, too. */
  readonly force?: boolean | undefined;
}

/** Options of `refreshEvery`. */
export interface RefreshEveryOptions extends RefreshOptions {
  /** Time from one refresh to the next, in seconds. */
  readonly everySeconds: number;
  /** What each round found. */
  readonly onRound?: ((report: RefreshReport) => void) | undefined;
}

/** What is known of a materialized view. */
export interface ViewStatus {
  /** Its name. */
  readonly name: string;
  /** Null: it has never been filled. */
  readonly refreshedAt: string | null;
  /** What the last refresh took. */
  readonly seconds: number | null;
  /** Whether its tables may have changed since; null: nobody reports the changes of one of them. */
  readonly stale: boolean | null;
}

/** What was refreshed. */
export interface RefreshReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** One entry for each materialized view. */
  readonly views: readonly (ViewStatus & {
    /** False: nothing had changed since the last refresh. */
    readonly refreshed: boolean;
  })[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

/** How a series of refreshes went that was ended by a signal. */
export interface RefreshSeriesReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** How often it was looked whether to refresh. */
  readonly rounds: number;
  /** Rounds that were put off because another command was at work, or because the server did not answer. */
  readonly putOff: number;
  /** Views refreshed, over all rounds. */
  readonly refreshed: number;
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

/** Options of `scheduleRefresh`. */
export interface ScheduleOptions extends Omit<TargetOptions, 'phases'> {
  /** Time from one refresh to the next, in seconds. */
  readonly everySeconds: number;
}

/** The job of pg_cron that refreshes the views. */
export interface ScheduleReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** The job of pg_cron. */
  readonly job: {
    /** The id. */
    readonly id: number;
    /** Its name. */
    readonly name: string;
    /** When it runs, as pg_cron has it. */
    readonly schedule: string;
  };
}
