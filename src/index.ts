/** The library: the same verbs as the command line, with typed options. */

export { backup } from './backup/backup.js';
export { restore } from './backup/restore.js';
export { DrydockError, EXIT, StoppedError } from './errors.js';
export { monitor } from './monitor/monitor.js';
export * from './reports/backup.js';
export * from './reports/monitor.js';
export * from './reports/orders.js';
export * from './reports/phase-state.js';
export * from './reports/plan.js';
export * from './reports/progress.js';
export * from './reports/refresh.js';
export * from './reports/restore.js';
export * from './reports/rollback.js';
export * from './reports/run.js';
export * from './reports/status.js';
export * from './reports/target.js';
export * from './reports/verify.js';
export { pause, resume, throttle } from './run/orders.js';
export { plan } from './run/plan.js';
export { refresh } from './run/refresh.js';
export { refreshEvery } from './run/refresh-every.js';
export { scheduleRefresh } from './run/refresh-schedule.js';
export { rollback } from './run/rollback.js';
export { run } from './run/run.js';
export { status } from './run/status.js';
export { verify } from './run/verify.js';
