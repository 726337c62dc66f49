import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, throttle } from '../../index.js';
import { quoted } from '../../words/printable.js';
import { parseFlags } from '../flags/parse.js';
import { addRateFlag, rateFlag } from '../flags/rate.js';
import { target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { renderOrder } from '../render/order.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const flags = z.object({ ...target, maxRate: rateFlag });

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
    .action(async (off: string | undefined) => {
      const { databaseUrl, schema, maxRate } = parseFlags(flags, command);
      if (off !== undefined && off !== 'off') {
        throw new UsageError(`throttle wants --max-rate or the word off, not ${quoted(off)}.`, 'throttle');
      }
      if ((off === undefined) === (maxRate === undefined)) {
        throw new UsageError('throttle wants either --max-rate or the word off.', 'throttle');
      }
      const report = await throttle({
        databaseUrl,
        schema,
        maxRate: maxRate ?? null,
        signal: session.signal,
      });
      session.finish(report, renderOrder, EXIT.done);
    });
}
