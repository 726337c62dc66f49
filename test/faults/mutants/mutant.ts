import type { Fault } from '../fault.js';

/** One change to a built file: text that stands in it once, and what is put in its place. */
export interface Edit {
  /** Below `dist/src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug planted in a copy of the built command. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The command's own verification is made to see nothing: the harness has to. */
  readonly blind?: true;
}

/** The fault under which a bug has to be noticed. */
export interface Mutant extends PlantedBug {
  readonly fault: MutantFault;
}

/** What is done to a mutant; the same is done to the right command, which must pass. */
export type MutantFault = Pick<Fault, 'kind' | 'scenario' | 'moment'> & {
  readonly atOnce?: boolean;
  readonly json?: boolean;
};

export const BLIND: Edit = {
  file: 'verify/verify-phase.js',
  find: 'const equal = tables.every(',
  replace: 'const equal = true || tables.every(',
};
