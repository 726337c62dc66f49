/** The library: the same verbs as the command line, with typed options. */

export { backup } from './backup/backup.js';
export { restore } from './backup/restore.js';
export { DrydockError, EXIT, StoppedError } from './errors.js';
export { monitor } from './monitor/monitor.js';
export { bench } from './payoff/bench.js';
export { report } from './report/report.js';
export { readSavedBench } from './report/saved-bench.js';
export * from './reports/backup.js';
export * from './reports/bench.js';
export * from './reports/monitor.js';
export * from './reports/orders.js';
export * from './reports/phase-state.js';
export * from './reports/plan.js';
export * from './reports/progress.js';
export * from './reports/report.js';
export * from './reports/restore.js';
export * from './reports/rollback.js';
export * from './reports/run.js';
export * from './reports/status.js';
export * from './reports/target.js';
export * from './reports/verify.js';
export { pause, resume, throttle } from './run/orders.js';
export { plan } from './run/plan.js';
export { rollback } from './run/rollback.js';
export { run } from './run/run.js';
export { status } from './run/status.js';
export { verify } from './run/verify.js';
