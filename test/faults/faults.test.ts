import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { MAIN } from '../cli/process.js';
import { faultOf } from './fault.js';
import { runFaults } from './jobs.js';
import { KINDS } from './kinds/all.js';
import { MUTANTS } from './mutants/all.js';
import { planted } from './mutants/plant.js';
import { lineOf } from './report.js';
import { SCENARIOS, type Scenario } from './scenario.js';

const SEED = 8;

/** Two databases are enough here: to make one ready costs as much as several faults. */
const [ANEW, AGAIN] = ['B', 'replace'].map((name) =>
  SCENARIOS.find((scenario) => scenario.name === name),
) as [Scenario, Scenario];

test('every kind of fault once: the same command again finishes, and nothing is lost', async () => {
  const faults = KINDS.map((kind, index) => ({
    ...faultOf(SEED, index + 1, kind),
    scenario: index % 4 === 0 ? AGAIN : ANEW,
  }));
  const failed: string[] = [];
  const results = await runFaults(faults, {
    main: MAIN,
    jobs: 2,
    onResult: (result) => result.problems.length > 0 && failed.push(lineOf(result)),
  });
  expect(failed).toEqual([]);
  expect(results).toHaveLength(KINDS.length);
}, 400_000);

test('a seed gives the same faults again, and every kind its share', () => {
  const faults = (seed: number) =>
    Array.from({ length: 120 }, (_, index) => {
      const { random: _random, kind, scenario, ...fault } = faultOf(seed, index + 1);
      return { ...fault, kind: kind.name, scenario: scenario.name };
    });
  expect(faults(3)).toEqual(faults(3));
  expect(faults(3)).not.toEqual(faults(4));
  const kinds = new Set(faults(3).map(({ kind }) => kind));
  for (const { name, weight } of KINDS) if (weight > 0) expect(kinds).toContain(name);
});

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'the place for a planted bug is still there: %s',
  (_name, mutant) => {
    const files = planted(mutant, dirname(dirname(MAIN)));
    expect(files.size).toBeGreaterThan(0);
  },
);
