import type { Command } from 'commander';
import { CONFIG_FILE } from '../find-config.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';

/** `drydock init`: from tables to a proposed declaration. Reads the tables only. */
export function addInit(program: Command, session: Session): void {
  const command = program
    .command('init')
    .summary('propose a declaration of what your tables have in common (read-only)')
    .description(
      'Looks at tables, finds which of them hold the same things, by what their rows meet and which columns overlap, and ' +
        'writes a config file that declares it, with what each line rests on. What is not sure is marked with "// ?". ' +
        'Reads samples, in a read-only transaction; a user who may select is enough, and a standby will do.',
    )
    .option(
      '--tables <a,b,...>',
      'tables that may hold the same things, in order of precedence (default: the tables of the schema that have most in common)',
    )
    .option('--output <file>', `the file to write, - for stdout (default: ${CONFIG_FILE}; with --json: none)`)
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock init --tables shop_customers,crm_people', `propose how they become one`],
          ['drydock init --output -', 'look for tables that belong together'],
          ['drydock init --json | jq .relations', 'the evidence, as data'],
        ],
        ['Exits 1, and writes nothing, when no two tables hold the same things; it says why.'],
      ),
    )
    .action(async () => (await import('../actions/init.js')).act(session, command));
}
