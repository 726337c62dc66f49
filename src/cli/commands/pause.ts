import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';

/** `drydock pause`: makes the run at work stand still. */
export function addPause(program: Command, session: Session): void {
  const command = program
    .command('pause')
    .summary('make the run at work stand still')
    .description(
      'Makes the run at work on the schema stand still, wherever it was started: it finishes the batches that are ' +
        'under way, gives up its snapshot, and waits before the next batch. Indexes that it builds and a ' +
        'verification are finished first.',
    );
  command
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock pause', 'stand still'],
          ['drydock status', 'does it stand yet, and since when?'],
          ['drydock resume', 'go on'],
        ],
        [
          'The order is for the run at work, and ends with it: a run that is stopped or killed',
          'while it is paused is not paused when it is started again.',
        ],
      ),
    )
    .action(async () => (await import('../actions/pause.js')).act(session, command));
}
