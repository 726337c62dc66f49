import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { MAIN } from '../cli/process.js';
import { startCommand } from '../faults/command.js';
import { planted } from '../faults/mutants/plant.js';
import { AFLOAT_MUTANTS } from './mutants.js';

/** The built harness: it starts processes of its own. */
const HARNESS = join(dirname(MAIN), '../../test/afloat/main.js');

test('applications write, Drydock is shot at, and the oracle agrees: the short form', async () => {
  const { ended } = startCommand({
    main: HARNESS,
    args: ['--minutes', '0.1', '--seed', '8', '--writers', '2', '--submissions', '60'],
    databaseUrl: '',
    limitSeconds: 280,
  });
  const { status, stdout, stderr } = await ended;
  expect({ status, told: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, told: '' });
}, 300_000);

test.each(AFLOAT_MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'the place for a planted bug is still there: %s',
  (_name, mutant) => {
    expect(planted(mutant, dirname(dirname(MAIN))).size).toBeGreaterThan(0);
  },
);
