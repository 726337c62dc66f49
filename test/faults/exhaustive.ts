import { Random, streamKey } from '../../fixtures/random.js';
import { POSITIONS } from './connection.js';
import type { Fault } from './fault.js';
import { cut } from './kinds/network.js';
import { kill } from './kinds/process.js';
import type { Scenario } from './scenario.js';

/**
 * Every statement of a short command, at each of its positions, by a cut connection and by a killed process.
 *
 * @param statements how many the undisturbed command has
 * @param every only one in so many of these faults; the seed says which
 */
export function everyFault(
  scenario: Scenario,
  statements: number,
  { every, seed }: { readonly every: number; readonly seed: number },
): Fault[] {
  const faults: Fault[] = [];
  for (let statement = 1; statement <= statements; statement += 1)
    for (const position of POSITIONS)
      for (const kind of [cut, kill])
        faults.push({
          number: faults.length + 1,
          kind,
          scenario,
          moment: { at: 'number', number: statement, position },
          lanes: 1,
          // What a person reads of a change of names has no common word for its end.
          json: scenario.turn !== null || statement % 2 === 0,
          atOnce: statement % 3 === 0,
          random: new Random().reset(1, faults.length),
        });
  const sample = new Random();
  return faults.filter(({ number }) => sample.reset(streamKey(seed, 3), number).int(every) === 0);
}
