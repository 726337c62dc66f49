import type { Command } from 'commander';
import { DEFAULTS } from '../../reports/target.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag, addRangeFlags } from './shared-options.js';

/** `drydock verify`: hashes every legacy table and its view, and finds what differs. */
export function addVerify(program: Command, session: Session): void {
  const command = program
    .command('verify')
    .summary('compare every legacy table with its view, by hash on both sides')
    .description(
      'Hashes every legacy table and its view inside one snapshot, and narrows a difference down to the rows and ' +
        'columns that differ. Writes nothing, or with --record only the result into the ledger.',
    );
  addPhaseFlag(command, 'phase to verify (default: all that were begun)');
  addRangeFlags(command)
    .option('--strict', 'also compare the text of every row, through a second route')
    .option('--limit <n>', `differences to list per table (default: ${DEFAULTS.limit})`)
    .option('--record', 'write the result into the ledger')
    .addHelpText(
      'after',
      helpAfter([
        ['drydock verify', 'everything'],
        ['drydock verify --phase <phase> --batches 3', 'one batch of one phase'],
        ['drydock verify --strict --record', 'the slow way too, and remember the result'],
        ['drydock verify --json > result.json', 'for a script'],
      ]),
    )
    .action(async () => (await import('../actions/verify.js')).act(session, command));
}
