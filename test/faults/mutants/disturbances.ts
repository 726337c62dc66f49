import type { Position } from '../connection.js';
import type { Moment } from '../fault.js';
import { cancel, terminate } from '../kinds/backend.js';
import { cutCommit, failedCommit, stall } from '../kinds/network.js';
import { kill, lateCommit } from '../kinds/process.js';
import { SCENARIOS, type Scenario } from '../scenario.js';
import type { MutantFault } from './mutant.js';

function scenario(name: string): Scenario {
  const found = SCENARIOS.find((known) => known.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
}

const FRESH = scenario('B');
const at = (text: RegExp, nth: number, position: Position) => ({ at: 'text', text, nth, position }) as const;

/** Books a batch as loaded. */
export const SET_DONE = /^update drydock\.batches\s+set status = 'done'/;

/** The COMMIT of the second batch: one in the middle of the load, whatever else is committed before it. */
const batchCommit = (position: Position): Moment => ({ ...at(/^commit/, 2, position), after: SET_DONE });

/** Nothing happens to the run. */
export const NOTHING: MutantFault = { kind: kill, scenario: FRESH, moment: { at: 'never' } };

/** Nothing happens to a run that replaces what was loaded before. */
export const NOTHING_TO_REPLACEMENT: MutantFault = { ...NOTHING, scenario: scenario('replace') };

/** Killed where this statement comes, before the server sees it. */
export function killedAt(text: RegExp, nth: number): MutantFault {
  return { kind: kill, scenario: FRESH, moment: at(text, nth, 'before') };
}

/** Killed when a batch has been committed. */
export const KILLED_BETWEEN_BATCHES: MutantFault = {
  kind: kill,
  scenario: FRESH,
  moment: batchCommit('answered'),
};

export const COMMIT_LOST: MutantFault = {
  kind: cutCommit,
  scenario: FRESH,
  moment: batchCommit('before'),
};

export const ANSWER_LOST: MutantFault = {
  kind: cutCommit,
  scenario: FRESH,
  moment: batchCommit('sent'),
};

export const COMMIT_LATE: MutantFault = {
  kind: lateCommit,
  scenario: FRESH,
  moment: batchCommit('before'),
  atOnce: true,
};

export const COMMIT_FAILED: MutantFault = {
  kind: failedCommit,
  scenario: FRESH,
  moment: batchCommit('before'),
};

export const BATCH_CANCELLED: MutantFault = {
  kind: cancel,
  scenario: FRESH,
  moment: at(/^\(end of COPY data\)/, 2, 'before'), // while the server waits for it, there is something to cancel
};

export const READER_TERMINATED: MutantFault = {
  kind: terminate,
  scenario: FRESH,
  moment: at(/^copy \(/, 1, 'before'),
};

export const STALLED: MutantFault = {
  kind: stall,
  scenario: FRESH,
  moment: at(SET_DONE, 2, 'before'),
};
