import type { Thresholds } from '../reports/monitor.js';

interface Threshold {
  readonly default: number;
  readonly about: string;
}

/** All thresholds, with their defaults: the config file is checked against this list, and help and docs are made from it. */
export const THRESHOLDS = {
  transactionMinutes: {
    default: 30,
    about: 'a transaction that is open for longer; twice as long is critical',
  },
  lockWaitSeconds: { default: 30, about: 'a session that waits for a lock for longer' },
  stalledMinutes: { default: 5, about: 'a run that loads batches, and has loaded none for longer' },
  lagSeconds: { default: 300, about: 'the oldest captured change waits for longer' },
  lagGrowingChecks: { default: 5, about: 'the lag of captured changes grew at each of so many checks' },
  queryWarningPercent: { default: 25, about: 'a watched query is slower than its baseline by more' },
  queryCriticalPercent: { default: 50, about: 'the same, critical' },
  queryLeastMs: { default: 5, about: 'a query that is slower by less than this is never called slow' },
  connectionsPercent: { default: 50, about: 'connections in use, of the maximum; 90 is critical' },
  cpuPercent: { default: 80, about: "this machine's processors, at three checks in a row" },
  memoryPercent: { default: 80, about: "this machine's memory, at three checks in a row" },
  diskPercent: { default: 85, about: 'the file system of the data directory; 95 is critical' },
  slotMegabytes: { default: 1024, about: 'WAL that a replication slot keeps from being removed' },
  replicaLagSeconds: { default: 60, about: 'how far a replica is behind' },
} as const satisfies Readonly<Record<keyof Thresholds, Threshold>>;

export const THRESHOLD_NAMES = Object.keys(THRESHOLDS) as (keyof Thresholds)[];

export const DEFAULT_THRESHOLDS = Object.fromEntries(
  THRESHOLD_NAMES.map((name) => [name, THRESHOLDS[name].default]),
) as unknown as Thresholds;

/** Defaults of everything else that the monitor may be told. */
export const MONITOR_DEFAULTS = {
  intervalSeconds: 5,
  port: 7077,
  host: '127.0.0.1',
  secretEnv: 'DRYDOCK_WEBHOOK_SECRET',
  tokenEnv: 'DRYDOCK_MONITOR_TOKEN',
  timeoutSeconds: 5,
  attempts: 5,
} as const;
