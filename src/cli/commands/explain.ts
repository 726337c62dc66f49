import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag } from './shared-options.js';

/** `drydock explain KEY`: one thing's whole story. Reads only. */
export function addExplain(program: Command, session: Session): void {
  const command = program
    .command('explain')
    .argument('<key>', 'a legacy row as table:identity, the id of a unified row, or a match key')
    .summary('show what one row is made of, and why (read-only)')
    .description(
      'Tells the whole story of one thing: its legacy rows, the step that joined each, which row gave which value and ' +
        'what lost, the duplicates, and what is in the residue. Before a run it is worked out from the legacy tables by ' +
        'the same merge; later it also says whether what is stored is the same.',
    );
  addPhaseFlag(command, 'where to look (default: all)')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock explain shop_customers:27', 'a legacy row, by its identity'],
          ['drydock explain logins:acme,7', 'with an identity of two columns'],
          ['drydock explain 0f8fad5b-d9cb-869f-8165-70867728950e', 'a unified row by its id, or a match key'],
        ],
        ['It shows values of the rows. The page of `drydock monitor --web` has a field for it.'],
      ),
    )
    .action(async (key: string) => (await import('../actions/explain.js')).act(session, command, key));
}
