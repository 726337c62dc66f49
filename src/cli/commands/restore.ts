import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';

/** `drydock restore`: makes the tables of a backup again. */
export function addRestore(program: Command, session: Session): void {
  const command = program
    .command('restore')
    .summary('make the tables of a backup again')
    .description(
      'Reads a whole backup and compares it with its manifest; then makes its tables again, in one transaction, and ' +
        'compares count and hash of each before it commits. Never replaces anything. Asks on a terminal; elsewhere it ' +
        'wants --yes.',
    )
    .option('--from <directory>', 'the directory of the backup (required)')
    .option('--into <schema>', 'make everything in this schema, which is made too (default: where it was)')
    .option('--tables <names>', 'only these tables, parted by commas (default: all)')
    .option('--verify', 'also read every restored table back, and compare its text byte for byte')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock restore --from /backup/monday --into tryout', 'beside the real tables'],
          ['drydock restore --from /backup/monday --verify', 'where they were'],
          ['drydock restore --from /backup/monday --tables customers', 'one table that was lost'],
        ],
        [
          'A backup holds functions, triggers, defaults and checks. They are made as the user',
          'that you connect as, and defaults and checks run as that user: restore only what you',
          'or someone you trust has made. What others can have written is refused.',
        ],
      ),
    )
    .action(async () => (await import('../actions/restore.js')).act(session, command));
}
