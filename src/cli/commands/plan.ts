import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag, addSizeFlags } from './shared-options.js';

/** `drydock plan`: looks, counts, and says what a run would do. Writes nothing. */
export function addPlan(program: Command, session: Session): void {
  const command = program
    .command('plan')
    .summary('say what a run would do, and what would stop it (read-only)')
    .description(
      'Looks at the legacy tables and says what a run would do: shapes, row counts, duplicates, orphans, what will ' +
        'be created, an estimate, and what would stop it. Runs in read-only transactions.',
    );
  addPhaseFlag(command, 'phase to plan (default: all)');
  addSizeFlags(command)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock plan', 'all phases of the database in DATABASE_URL'],
          ['drydock plan --phase <phase>', 'one phase'],
          ['drydock plan --json | jq .stops', 'what would stop a run, for a script'],
        ],
        ['Exits 1 when something would stop the run.'],
      ),
    )
    .action(async () => (await import('../actions/plan.js')).act(session, command));
}
