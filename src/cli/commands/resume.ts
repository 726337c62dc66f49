import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';

/** `drydock resume`: lets a paused run go on. */
export function addResume(program: Command, session: Session): void {
  const command = program
    .command('resume')
    .summary('let a paused run go on')
    .description(
      'Lets a run that drydock pause halted go on, from a new snapshot. It refuses to go on where the legacy tables ' +
        'were altered meanwhile. A run that has ended goes on with drydock run.',
    );
  command
    .addHelpText('after', helpAfter([['drydock resume', 'go on']]))
    .action(async () => (await import('../actions/resume.js')).act(session, command));
}
