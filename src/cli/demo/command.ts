import type { Command } from 'commander';
import { DEFAULTS } from '../../reports/target.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { SHAPES } from '../shapes.js';
import { DEMO_DEFAULTS } from './options.js';

/** `drydock demo`: everything at once, on a server and a database of its own. */
export function addDemo(program: Command, session: Session): void {
  const command = program
    .command('demo')
    .summary('watch it work on a database of its own')
    .description(
      'Starts a PostgreSQL server of its own, makes a legacy database, plans, runs all phases and verifies. ' +
        'Server and data are gone when it ends.',
    )
    .option('--rows <n>', `Reddit submissions to make (default: ${DEMO_DEFAULTS.submissions})`)
    .option('--seed <n>', `the same seed makes the same data (default: ${DEMO_DEFAULTS.seed})`)
    .option('--shape <shape>', `which legacy tables: ${SHAPES.join(', ')} (default: ${DEMO_DEFAULTS.shape})`)
    .option('--concurrency <n>', `lanes that load side by side (default: ${DEFAULTS.concurrency})`)
    .option('--keep', 'keep the server running afterwards, until Ctrl-C');
  command
    .addHelpText(
      'after',
      helpAfter([
        ['drydock demo', 'the default'],
        ['drydock demo --rows 200000', 'ten times as much'],
        ['drydock demo --shape mixed --keep', 'look around in the result'],
      ]),
    )
    .action(async () => (await import('./action.js')).act(session, command));
}
