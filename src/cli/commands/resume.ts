import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, resume } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { renderOrder } from '../render/order.js';
import type { Session } from '../session.js';

const flags = z.object(target);

/** `drydock resume`: lets a paused run go on. */
export function addResume(program: Command, session: Session): void {
  const command = program
    .command('resume')
    .summary('let a paused run go on')
    .description(
      'Lets a run that drydock pause halted go on, from a new snapshot. It refuses to go on where the legacy tables ' +
        'were altered meanwhile. A run that has ended goes on with drydock run.',
    );
  command.addHelpText('after', helpAfter([['drydock resume', 'go on']])).action(async () => {
    const { databaseUrl, schema } = parseFlags(flags, command);
    const report = await resume({ databaseUrl, schema, signal: session.signal });
    session.finish(report, renderOrder, EXIT.done);
  });
}
