import * as drydock from '../../src/index.js';
import { UNIFYING_PHASES } from './phases.js';

/**
 * The verbs for tests of what unifies: without `phases` they work on the phases that do, and build nothing on them. What
 * is built on them has tests of its own, and would only cost these time.
 */
const phases = UNIFYING_PHASES;

export const plan: typeof drydock.plan = (options) => drydock.plan({ phases, ...options });
export const rollback: typeof drydock.rollback = (options) => drydock.rollback({ phases, ...options });
export const run: typeof drydock.run = (options) => drydock.run({ phases, ...options });
export const status: typeof drydock.status = (options) => drydock.status({ phases, ...options });
