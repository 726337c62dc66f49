import type { Position } from '../connection.js';
import type { Moment } from '../fault.js';
import { cancel, terminate } from '../kinds/backend.js';
import { intrude, rewrite } from '../kinds/intruders.js';
import { cutCommit, failedCommit, stall } from '../kinds/network.js';
import { awaitedCommit, kill } from '../kinds/process.js';
import { SCENARIOS, type Scenario, TURNS } from '../scenario.js';
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

/** Nothing happens to a change of names. */
export const NOTHING_TO_TURN = {
  cutover: { ...NOTHING, scenario: TURNS.cutover, json: true },
  rollback: { ...NOTHING, scenario: TURNS.rollback, json: true },
  complete: { ...NOTHING, scenario: TURNS.complete, json: true },
} as const satisfies Readonly<Record<string, MutantFault>>;

/** A change of names, killed when its last statement before the COMMIT was sent. */
export const KILLED_IN_SWAP: MutantFault = {
  kind: kill,
  scenario: TURNS.cutover,
  json: true,
  moment: at(/^insert into drydock\.events/, 1, 'before'),
};

/** A legacy table is rewritten between the snapshot and its reading. */
export const REWRITTEN: MutantFault = {
  kind: rewrite,
  scenario: FRESH,
  moment: at(/^set transaction snapshot/, 1, 'answered'),
};

/** An application writes to the unified tables when all is loaded. */
export const INTRUDED: MutantFault = {
  kind: intrude,
  scenario: FRESH,
  moment: at(/hashint8extended/, 1, 'before'),
};

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
  kind: awaitedCommit,
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
