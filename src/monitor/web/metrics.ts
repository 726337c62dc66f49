import { Gauge, Registry } from 'prom-client';
import type { MonitorReport } from '../../reports/monitor.js';
import { PHASE_STATES } from '../../reports/phase-state.js';

type Labels = Readonly<Record<string, string>>;
type Series = readonly (readonly [value: number | null | undefined, labels?: Labels])[];

/** The figures of a check for Prometheus. What is unknown is left out: a zero would be a lie, and an alert. */
export async function metricsOf(report: MonitorReport | null): Promise<{ type: string; body: string }> {
  const registry = new Registry();
  for (const [name, help, series] of metrics(report)) {
    const known = series.filter((one): one is readonly [number, Labels?] => typeof one[0] === 'number');
    if (known.length === 0) continue;
    const labelNames = [...new Set(known.flatMap(([, labels]) => Object.keys(labels ?? {})))];
    const gauge = new Gauge({ name: `drydock_${name}`, help, labelNames, registers: [registry] });
    for (const [value, labels] of known) gauge.set({ ...labels }, value);
  }
  return { type: registry.contentType, body: await registry.metrics() };
}

function metrics(report: MonitorReport | null): (readonly [name: string, help: string, series: Series])[] {
  const { sample = null, rates = null, alerts = [] } = report ?? {};
  return [
    [
      'up',
      'Whether the last check reached the database.',
      [[report === null ? null : sample === null ? 0 : 1]],
    ],
    [
      'alert',
      'An alert that stands.',
      alerts.map(({ code, subject, severity }) => [1, { code, severity, subject: subject ?? '' }]),
    ],
    ...phaseMetrics(sample, rates),
    ['capture_backlog', 'Captured changes that are not applied yet.', [[sample?.capture?.backlog]]],
    [
      'capture_lag_seconds',
      'Age of the oldest captured change that is not applied.',
      [[sample?.capture == null ? null : (sample.capture.lagSeconds ?? 0)]],
    ],
    ['connections_used', 'Connections in use.', [[sample?.connections?.used]]],
    ['connections_max', 'Connections that the server takes.', [[sample?.connections?.max]]],
    ['lock_waits', 'Sessions that wait for a lock.', [[sample?.locks?.length]]],
    [
      'longest_transaction_seconds',
      'Age of the oldest open transaction that the user may see.',
      [[sample?.transactions == null ? null : (sample.transactions.longest?.transactionSeconds ?? 0)]],
    ],
    ['cache_hit_ratio', 'Blocks found in memory since the check before.', [[rates?.cacheHitRatio]]],
    ['wal_position_bytes', 'Position in the log.', [[sample?.wal?.position]]],
    ['wal_directory_bytes', 'Size of the log on disk.', [[sample?.wal?.directoryBytes]]],
    [
      'slot_retained_bytes',
      'Log that a replication slot keeps.',
      (sample?.wal?.slots ?? []).map(({ name, retainedBytes }) => [retainedBytes, { slot: name }]),
    ],
    [
      'replica_lag_seconds',
      'How far a replica is behind.',
      (sample?.replicas ?? []).map(({ name, lagSeconds }) => [lagSeconds, { replica: name }]),
    ],
    [
      'dead_rows',
      'Dead rows of the tables with the most of them.',
      (sample?.tables ?? []).map(({ table, dead }) => [dead, { table }]),
    ],
    ['database_bytes', 'Size of the database.', [[sample?.disk?.databaseBytes]]],
    [
      'disk_free_bytes',
      "Free bytes of the file system with the server's data.",
      [[sample?.disk?.volume?.freeBytes]],
    ],
    [
      'disk_total_bytes',
      "Bytes of the file system with the server's data.",
      [[sample?.disk?.volume?.totalBytes]],
    ],
    ['machine_cpu_ratio', 'Processors in use on the machine of the monitor.', [[sample?.machine?.cpu]]],
    ['machine_memory_ratio', 'Memory in use on the machine of the monitor.', [[sample?.machine?.memory]]],
    [
      'query_seconds',
      'Time of a watched query, median of a few.',
      (sample?.queries ?? []).map(({ name, ms }) => [ms / 1000, { query: name }]),
    ],
  ];
}

function phaseMetrics(
  sample: MonitorReport['sample'],
  rates: MonitorReport['rates'],
): (readonly [name: string, help: string, series: Series])[] {
  const phases = sample?.progress?.phases ?? [];
  const ofRates = rates?.phases ?? [];
  return [
    [
      'running',
      'Whether a command is at work on the schema.',
      [[sample?.progress == null ? null : sample.progress.running === null ? 0 : 1]],
    ],
    [
      'phase_state',
      'The state of a phase: 1 for the one it is in.',
      phases.flatMap(({ phase, state }) =>
        PHASE_STATES.map((one) => [one === state ? 1 : 0, { phase, state: one }] as const),
      ),
    ],
    ['batches', 'Batches of a phase.', phases.map(({ phase, batches }) => [batches.total, { phase }])],
    [
      'batches_loaded',
      'Batches of a phase that are loaded.',
      phases.map(({ phase, batches }) => [batches.done, { phase }]),
    ],
    ['rows_in', 'Legacy rows that were read.', phases.map(({ phase, rowsIn }) => [rowsIn, { phase }])],
    [
      'rows_rejected',
      'Rows that were put aside.',
      phases.map(({ phase, rejected }) => [rejected, { phase }]),
    ],
    [
      'rows_per_second',
      'Legacy rows per second of the newest batches.',
      ofRates.map(({ phase, rowsPerSecond }) => [rowsPerSecond, { phase }]),
    ],
    [
      'seconds_left',
      'Time left at that rate.',
      ofRates.map(({ phase, secondsLeft }) => [secondsLeft, { phase }]),
    ],
  ];
}
