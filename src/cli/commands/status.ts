import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag } from './shared-options.js';

/** `drydock status`: reads the ledger. */
export function addStatus(program: Command, session: Session): void {
  const command = program
    .command('status')
    .summary('say what the ledger knows of each phase')
    .description(
      'Says how far each phase is, when it last ran and when it was last verified. Reads the ledger only.',
    );
  addPhaseFlag(command, 'phase to show (default: all)');
  command
    .option('--batches', 'list every batch')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock status', 'all phases'],
          ['drydock status --phase <phase> --batches', 'one phase, batch by batch'],
        ],
        ['Exits 1 when the last verification of a phase found differences.'],
      ),
    )
    .action(async () => (await import('../actions/status.js')).act(session, command));
}
