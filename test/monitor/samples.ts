import { ratesOf } from '../../src/monitor/rates.js';
import type { Rule } from '../../src/monitor/rules/rule.js';
import { DEFAULT_THRESHOLDS } from '../../src/monitor/thresholds.js';
import type {
  Client,
  Finding,
  PhaseProgress,
  Sample,
  Severity,
  Thresholds,
} from '../../src/reports/monitor.js';
import type { Running } from '../../src/reports/status.js';

/** A sample in which all is well. */
export function sample(parts: Partial<Sample> = {}): Sample {
  return {
    at: '2025-03-01T12:00:00.000Z',
    database: 'reddit',
    schema: 'public',
    server: '18.4',
    standby: false,
    progress: { running: null, lastEvent: null, phases: [], maps: [] },
    capture: null,
    oldNames: null,
    locks: [],
    transactions: { longest: null, prepared: 0 },
    connections: { used: 5, max: 100 },
    cache: { hits: 990, reads: 10 },
    tables: [],
    wal: { position: 1_000_000, directoryBytes: 0, slots: [] },
    replicas: [],
    disk: { databaseBytes: 1, volume: { totalBytes: 100, freeBytes: 60 } },
    machine: { cpu: 0.2, memory: 0.3, cores: 2 },
    queries: [],
    unknown: [],
    ...parts,
  };
}

/** A phase that a run is half way through. */
export function phase(parts: Partial<PhaseProgress> = {}): PhaseProgress {
  return {
    phase: 'opportunities',
    state: 'loading',
    batches: { total: 10, done: 5, reopened: 0, size: 1000 },
    rowsIn: 5000,
    rowsOut: 4000,
    folded: 1000,
    rejected: 0,
    recent: { rows: 2000, seconds: 4 },
    idleSeconds: 1,
    run: {
      startedAt: 'then',
      startedSecondsAgo: 60,
      finishedAt: null,
      outcome: null,
      ended: null,
      by: 'ops@db',
    },
    verification: null,
    ...parts,
  };
}

export function running(parts: Partial<Running> = {}): Running {
  return {
    command: 'run',
    phases: ['opportunities'],
    by: 'ops@db',
    since: null,
    paused: null,
    maxRate: null,
    ...parts,
  };
}

/** A sample of which the progress is told, with a run at work unless another is given. */
export function progress(phases: readonly PhaseProgress[], atWork: Running | null = running()): Sample {
  return sample({ progress: { running: atWork, lastEvent: null, phases, maps: [] } });
}

export function client(parts: Partial<Client> = {}): Client {
  return { pid: 4711, user: 'app', application: 'web', state: 'active', transactionSeconds: 1, ...parts };
}

/** What a rule finds, as `code subject severity`; null where it says that nothing is known. */
export function judge(
  rule: Rule,
  of: Sample,
  options: {
    readonly standing?: Severity | null;
    readonly earlier?: readonly Sample[];
    readonly thresholds?: Partial<Thresholds>;
  } = {},
): string[] | null {
  const { standing = null, earlier = [], thresholds = {} } = options;
  const view = { sample: of, rates: ratesOf(of, earlier.at(-1) ?? null), earlier, standing: () => standing };
  return rule.judge(view, { ...DEFAULT_THRESHOLDS, ...thresholds })?.map(nameOf) ?? null;
}

export function nameOf({ code, subject, severity }: Finding): string {
  return [code, ...(subject === null ? [] : [subject]), severity].join(' ');
}
