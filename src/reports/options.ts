import { DrydockError } from '../errors.js';
import { quoted } from '../format/printable.js';
import type { AdoptOptions } from './adopt.js';
import type { BackupOptions } from './backup.js';
import type { BenchOptions } from './bench.js';
import type { CheckOptions } from './check.js';
import type { CompleteOptions } from './complete.js';
import type { CutoverOptions } from './cutover.js';
import type { ExplainOptions } from './explain.js';
import type { FullRollbackOptions } from './full-rollback.js';
import type { InitOptions } from './init.js';
import type { LockOptions } from './lock-options.js';
import type { MonitorOptions } from './monitor.js';
import type { OrderOptions, ThrottleOptions } from './orders.js';
import type { PlanOptions } from './plan.js';
import type { RefreshEveryOptions, RefreshOptions, ScheduleOptions } from './refresh.js';
import type { ReportOptions } from './report.js';
import type { RestoreOptions } from './restore.js';
import type { RollbackOptions } from './rollback.js';
import type { RunOptions } from './run.js';
import type { StatementsOptions } from './statements.js';
import type { StatusOptions } from './status.js';
import type { SyncOptions } from './sync.js';
import type { RangeOptions, TargetOptions } from './target.js';
import type { VerifyOptions } from './verify.js';

/** The options of each verb of the library. */
interface OptionsOf {
  readonly adopt: AdoptOptions;
  readonly backup: BackupOptions;
  readonly bench: BenchOptions;
  readonly check: CheckOptions;
  readonly complete: CompleteOptions;
  readonly cutover: CutoverOptions;
  readonly init: InitOptions;
  readonly explain: ExplainOptions;
  readonly monitor: MonitorOptions;
  readonly pause: OrderOptions;
  readonly plan: PlanOptions;
  readonly refresh: RefreshOptions;
  readonly refreshEvery: RefreshEveryOptions;
  readonly report: ReportOptions;
  readonly restore: RestoreOptions;
  readonly resume: OrderOptions;
  readonly rollback: RollbackOptions;
  readonly rollbackFully: FullRollbackOptions;
  readonly run: RunOptions;
  readonly scheduleRefresh: ScheduleOptions;
  readonly statements: StatementsOptions;
  readonly status: StatusOptions;
  readonly sync: SyncOptions;
  readonly throttle: ThrottleOptions;
  readonly verify: VerifyOptions;
}

type Names<T> = Readonly<Record<keyof T, true>>;

const SERVER = { databaseUrl: true, project: true, signal: true } as const;
const ORDER = { ...SERVER, schema: true } as const satisfies Names<OrderOptions>;
const TARGET = {
  ...SERVER,
  schema: true,
  appSchema: true,
  onProgress: true,
} as const satisfies Names<Omit<TargetOptions, 'phases'>>;
const PHASED = { ...TARGET, phases: true } as const satisfies Names<TargetOptions>;
const RANGE = { batches: true, keys: true, since: true } as const satisfies Names<RangeOptions>;
const LOCKS = { patience: true, lockWait: true } as const satisfies Names<LockOptions>;
const REFRESH = { ...TARGET, force: true } as const satisfies Names<RefreshOptions>;

/** The names that each verb knows; an option that is missing here does not compile. */
const NAMES: { readonly [V in keyof OptionsOf]: Names<OptionsOf[V]> } = {
  adopt: { ...SERVER, onProgress: true, dryRun: true, acceptOwners: true },
  backup: { ...PHASED, to: true, concurrency: true },
  bench: {
    ...TARGET,
    performanceOnly: true,
    questions: true,
    questionSeconds: true,
    readers: true,
    loadSeconds: true,
  },
  check: { ...PHASED, scratchUrl: true, seed: true, seconds: true },
  complete: { ...PHASED, dropLegacy: true, dryRun: true, ...LOCKS },
  cutover: { ...PHASED, dryRun: true, noBackup: true, ...LOCKS },
  init: { databaseUrl: true, schema: true, signal: true, onProgress: true, tables: true },
  explain: { ...PHASED, key: true },
  monitor: {
    ...ORDER,
    onProgress: true,
    config: true,
    checks: true,
    intervalSeconds: true,
    stateFile: true,
    batchMaps: true,
  },
  pause: ORDER,
  plan: { ...PHASED, batchSize: true, concurrency: true },
  refresh: REFRESH,
  refreshEvery: { ...REFRESH, everySeconds: true, onRound: true },
  report: { ...TARGET, bench: true, run: true },
  restore: { ...SERVER, onProgress: true, from: true, into: true, tables: true, verify: true },
  resume: ORDER,
  rollback: { ...PHASED, drop: true, dryRun: true, ...LOCKS },
  rollbackFully: { ...PHASED, from: true, dryRun: true, ...LOCKS },
  run: {
    ...PHASED,
    ...RANGE,
    batchSize: true,
    concurrency: true,
    maxRejects: true,
    maxRate: true,
    capture: true,
    nice: true,
  },
  scheduleRefresh: { ...TARGET, everySeconds: true },
  statements: { ...PHASED, verb: true, scratchUrl: true, capture: true, dropLegacy: true, drop: true },
  status: { ...PHASED, batchList: true },
  sync: { ...PHASED, follow: true, intervalSeconds: true, maxRejects: true },
  throttle: { ...ORDER, maxRate: true },
  verify: { ...PHASED, ...RANGE, strict: true, limit: true, record: true },
};

/**
 * Refuses options that the verb does not know: `{ phase: ... }` would be a run of all phases. The types say so too, but
 * not to JavaScript, and not of an object that was put together elsewhere.
 *
 * @throws DrydockError `bad-option`
 */
export function requireOptions<V extends keyof OptionsOf>(verb: V, options: OptionsOf[V]): void {
  if (typeof options !== 'object' || options === null)
    throw refused(`${verb} takes an object of options`, verb);
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(NAMES[verb], name));
  if (unknown.length > 0) throw refused(`${verb} has no option ${unknown.map(quoted).join(', ')}`, verb);
}

function refused(what: string, verb: keyof OptionsOf): DrydockError {
  return new DrydockError({
    code: 'bad-option',
    what: `${what}.`,
    state: 'Nothing was done: no connection was opened.',
    next: `It knows ${Object.keys(NAMES[verb]).sort().join(', ')}.`,
  });
}
