import type { Command } from 'commander';
import { DEFAULTS } from '../../reports/target.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag } from './shared-options.js';

/** `drydock backup`: writes what a phase touches into a directory, and reads it back. */
export function addBackup(program: Command, session: Session): void {
  const command = program
    .command('backup')
    .summary('write all tables of a phase into a directory, and read them back')
    .description(
      'Writes the legacy tables of a phase, its crosswalks, and the tables that were made for it, all of one snapshot, ' +
        'into a new directory: rows as compressed text, and all definitions. Reads every file back before the ' +
        'directory gets its name. Only reads the database; the ledger, where there is one, remembers the backup.',
    );
  addPhaseFlag(command, 'phase to back up (default: all)');
  command
    .option('--to <directory>', 'the directory to make (required); it may not be there yet, or be empty')
    .option('--concurrency <n>', `tables written side by side (default: ${DEFAULTS.concurrency})`)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock backup --to /backup/monday', 'everything'],
          ['drydock backup --phase <phase> --to /backup/one', 'one phase'],
          ['drydock restore --from /backup/monday --into tryout', 'does it come back? in a schema beside'],
        ],
        ['The directory holds row data: only you can read it.'],
      ),
    )
    .action(async () => (await import('../actions/backup.js')).act(session, command));
}
