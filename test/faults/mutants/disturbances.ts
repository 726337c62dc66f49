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
const at = (text: RegExp, nth: number, position: Position): Moment => ({ at: 'text', text, nth, position });

/** A COMMIT in the middle of the load: those before it are of the operator's lock, of the tables, and of a batch. */
const BATCH_COMMIT = 4;

/** Nothing happens to the run. */
export const NOTHING: MutantFault = {
  kind: kill,
  scenario: FRESH,
  moment: { at: 'number', number: Number.MAX_SAFE_INTEGER, position: 'before' },
};

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
  moment: at(/^commit/, BATCH_COMMIT, 'answered'),
};

export const COMMIT_LOST: MutantFault = {
  kind: cutCommit,
  scenario: FRESH,
  moment: at(/^commit/, BATCH_COMMIT, 'before'),
};

export const ANSWER_LOST: MutantFault = {
  kind: cutCommit,
  scenario: FRESH,
  moment: at(/^commit/, BATCH_COMMIT, 'sent'),
};

export const COMMIT_LATE: MutantFault = {
  kind: lateCommit,
  scenario: FRESH,
  moment: at(/^commit/, BATCH_COMMIT, 'before'),
  atOnce: true,
};

export const COMMIT_FAILED: MutantFault = {
  kind: failedCommit,
  scenario: FRESH,
  moment: at(/^commit/, BATCH_COMMIT, 'before'),
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
  moment: at(/^update drydock\.batches\s+set status = 'done'/, 2, 'before'),
};
