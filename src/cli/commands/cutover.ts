import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPatienceFlag, addPhaseFlag, addSqlFlags } from './shared-options.js';

/** `drydock cutover`: views in the place of the legacy tables. */
export function addCutover(program: Command, session: Session): void {
  const command = program
    .command('cutover')
    .summary('put views in the place of the legacy tables')
    .description(
      'Moves the legacy tables of a phase into the schema drydock_legacy and puts writable views of their old names ' +
        'in their place, in one short transaction. Applications go on as before, and new ones may use the unified ' +
        'tables: what is written to one side reaches the other. Looks at everything that hangs on the tables first, ' +
        'and says what is carried over, what is different, and what stops it. All phases are looked at before the first one is touched.',
    );
  addPhaseFlag(command, 'phase to cut over (required)');
  command.option('--dry-run', 'only look').option('--no-backup', 'go on without a verified backup');
  addSqlFlags(command);
  addPatienceFlag(command)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock cutover --phase <phase> --dry-run', 'what would it mean?'],
          ['drydock cutover --phase <phase>', 'do it'],
          ['drydock rollback --phase <phase>', 'and back, with all that was written since'],
        ],
        ['Exits 1 when something stops it, or when the verification afterwards finds a difference.'],
      ),
    )
    .action(async () => (await import('../actions/cutover.js')).act(session, command));
}
