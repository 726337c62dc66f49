import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPatienceFlag, addPhaseFlag, addSqlFlags } from './shared-options.js';

/** `drydock complete`: the point of no return. */
export function addComplete(program: Command, session: Session): void {
  const command = program
    .command('complete')
    .summary('end the migration of a phase that was cut over')
    .description(
      'Ends the keeping up of both forms: the unified tables stand on their own, the old names become read-only views ' +
        'of them, and foreign keys of other tables name the unified table. There is no way back but a backup. The ' +
        'legacy tables stay in drydock_legacy unless --drop-legacy is given. Asks on a terminal; elsewhere it wants --yes. All phases are looked at before the first one is touched.',
    );
  addPhaseFlag(command, 'phase to complete (required)');
  command
    .option('--dry-run', 'only look')
    .option('--drop-legacy', 'drop the legacy tables; wants a verified backup');
  addSqlFlags(command);
  addPatienceFlag(command)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock complete --phase <phase> --dry-run', 'what would it mean?'],
          ['drydock complete --phase all --yes', 'all phases, from a script'],
          ['drydock complete --phase all --drop-legacy', 'and drop the old tables'],
        ],
        ['Exits 1 when something stops it.'],
      ),
    )
    .action(async () => (await import('../actions/complete.js')).act(session, command));
}
