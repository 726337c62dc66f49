import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addRateFlag } from './shared-options.js';

/** `drydock throttle`: changes the rate of the run at work. */
export function addThrottle(program: Command, session: Session): void {
  const command = program
    .command('throttle')
    .summary('change the rate of the run at work')
    .description(
      'Sets how many legacy rows a second the run at work may load, over all its lanes, or lifts every limit: ' +
        'also the one that it was started with.',
    )
    .argument('[off]', 'lift the limit');
  addRateFlag(command)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock throttle --max-rate 2000', 'no more than 2,000 rows a second from now on'],
          ['drydock throttle off', 'as fast as it goes'],
        ],
        [
          'What was read already is charged for: after a batch of 10,000 rows at 2,000 rows a second',
          'the next one begins 5 seconds later. A smaller run --batch-size makes for smaller steps.',
        ],
      ),
    )
    .action(async () => (await import('../actions/throttle.js')).act(session, command));
}
