import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPatienceFlag, addPhaseFlag, addSqlFlags } from './shared-options.js';

/** `drydock rollback`: drops what Drydock made for a phase, after asking. */
export function addRollback(program: Command, session: Session): void {
  const command = program
    .command('rollback')
    .summary('take a phase one step back')
    .description(
      'A phase that was cut over gets its legacy tables back under their names, with everything that was written since, ' +
        'and is in sync again; given once more, it changes nothing. Of phases that were never cut over, the tables and views ' +
        'that Drydock made are dropped, and only those, and its triggers are taken from the legacy tables; --drop does so also after a cutover. ' +
        'The rows of the legacy tables stay. With --full the legacy tables get the rows of a backup, also after a completion that ' +
        'dropped them; what was written since is gone. Asks on a terminal; elsewhere it wants --yes.',
    );
  addPhaseFlag(command, 'phase to roll back (required)');
  command
    .option('--drop', 'after a cutover too, drop what Drydock made')
    .option('--full', 'all of the way back, from any state: rows as a backup has them, and nothing of ours')
    .option('--from <directory>', 'the backup to go back to, for --full')
    .option('--dry-run', 'only say what would be done');
  addSqlFlags(command);
  addPatienceFlag(command)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter([
        ['drydock rollback --phase <phase>', 'one phase, after asking'],
        ['drydock rollback --phase <phase> --dry-run', 'what would it do?'],
        ['drydock rollback --phase all --drop --yes', 'all of the way back, from a script'],
        ['drydock rollback --phase all --full --from DIR --dry-run', 'what would a backup bring?'],
      ]),
    )
    .action(async () => (await import('../actions/rollback.js')).act(session, command));
}
