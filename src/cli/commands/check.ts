import type { Command } from 'commander';
import { CHECK_DEFAULTS } from '../../reports/check.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag } from './shared-options.js';

/** `drydock check`: tries a declaration before anything is made. Reads the catalog only. */
export function addCheck(program: Command, session: Session): void {
  const command = program
    .command('check')
    .summary('try a declaration on generated rows and writes, in a database of its own')
    .description(
      'Compares a declaration with itself and with the catalog, and names everything that it is refused for. Then it ' +
        'makes the tables again on a server for trials, and tries there with generated values what the declaration says: ' +
        'every conversion there and back, SQL of its own, a run, writes under the old names and directly, and the way ' +
        'back. Of your database only the catalog is read. What goes wrong is shown with the smallest rows it was found with.',
    );
  addPhaseFlag(command, 'phase to try (default: all)')
    .option(
      '--scratch-url <url>',
      'a server on which databases may be made and dropped (default: one that Drydock starts itself)',
    )
    .option('--seed <n>', `what is generated follows from it (default: ${CHECK_DEFAULTS.seed})`)
    .option(
      '--seconds <n>',
      `how long things are tried; each kind is tried once at the least (default: ${CHECK_DEFAULTS.seconds})`,
    )
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock check', 'the declaration in drydock.config.ts'],
          ['drydock check --seconds 300 --seed 7', 'for longer, with other rows'],
          ['drydock check --scratch-url postgres://ci@localhost/postgres', 'on a server of yours'],
        ],
        ['Exits 1 when the declaration is refused, or something goes wrong with it.'],
      ),
    )
    .action(async () => (await import('../actions/check.js')).act(session, command));
}
