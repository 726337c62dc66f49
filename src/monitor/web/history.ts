import type { MonitorReport } from '../../reports/monitor.js';

/** What the charts show of one check; null: not known. */
export interface Point {
  readonly at: string;
  readonly rowsPerSecond: number | null;
  readonly lagSeconds: number | null;
  readonly backlog: number | null;
  /** Milliseconds, by query. */
  readonly queries: Readonly<Record<string, number>>;
}

export function pointOf({ at, sample, rates }: MonitorReport): Point {
  const known = (rates?.phases ?? []).flatMap(({ rowsPerSecond, rowsLeft }) =>
    rowsPerSecond === null || rowsLeft === 0 ? [] : [rowsPerSecond],
  );
  const working = sample?.progress?.running != null;
  return {
    at,
    rowsPerSecond: sample?.progress == null ? null : working ? known.reduce((sum, rate) => sum + rate, 0) : 0,
    lagSeconds: sample?.capture == null ? null : (sample.capture.lagSeconds ?? 0),
    backlog: sample?.capture?.backlog ?? null,
    queries: Object.fromEntries((sample?.queries ?? []).map(({ name, ms }) => [name, ms])),
  };
}
