/** The library: the same verbs as the command line, with typed options. */
export { DrydockError, EXIT, StoppedError } from './errors.js';
export * from './reports.js';
export { pause, resume, throttle } from './run/orders.js';
export { plan } from './run/plan.js';
export { rollback } from './run/rollback.js';
export { run } from './run/run.js';
export { status } from './run/status.js';
export { verify } from './run/verify.js';
