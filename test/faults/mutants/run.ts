import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../../fixtures/random.js';
import type { Fault } from '../fault.js';
import { type Result, runFault } from '../run-fault.js';
import { Workshop } from '../workshop.js';
import { MUTANTS } from './all.js';
import type { Mutant, MutantFault } from './mutant.js';
import { plant } from './plant.js';

/** What became of a mutant. */
export interface MutantResult {
  readonly mutant: Mutant;
  /** How it was noticed; undefined when it was not. */
  readonly caught: string | undefined;
}

/** A run under no disturbance takes a few seconds, and a stalled connection is noticed after twelve. */
const LIMIT_SECONDS = 60;

/**
 * Lets every mutant run under its fault, and the right command under the same faults.
 *
 * @returns the mutants, and the faults that the right command did not pass: there must be none
 */
export async function runMutants(
  main: string,
  options: {
    /** What is in the names of the mutants to do; nothing for all. */
    readonly only: string;
    readonly jobs: number;
    readonly onMutant: (result: MutantResult) => void;
    readonly onControl: (result: Result) => void;
  },
): Promise<void> {
  const chosen = MUTANTS.filter(({ name }) => name.includes(options.only));
  const controls = [...new Set(chosen.map(({ fault }) => fault))].map((fault) => async (at: Workshop) => {
    const result = await runFault(at, main, whole(fault), LIMIT_SECONDS);
    // A disturbance that hits nothing proves nothing about the mutants that it is for.
    const missed = result.moment === undefined && fault.moment.at !== 'never';
    options.onControl(
      missed ? { ...result, problems: [...result.problems, 'its moment never came'] } : result,
    );
  });
  const mutants = chosen.map((mutant) => async (at: Workshop) => {
    const directory = mkdtempSync(join(tmpdir(), 'drydock-mutant-'));
    try {
      const wrong = plant(mutant, main, directory);
      const { problems } = await runFault(at, wrong, whole(mutant.fault), LIMIT_SECONDS);
      options.onMutant({ mutant, caught: problems[0] });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
  const waiting = [...controls, ...mutants];
  const work = async (): Promise<void> => {
    const workshop = await Workshop.open(main);
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next(workshop);
    } finally {
      await workshop.close();
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
}

function whole(fault: MutantFault): Fault {
  return { number: 0, lanes: 1, json: false, atOnce: false, random: new Random().reset(1, 1), ...fault };
}
