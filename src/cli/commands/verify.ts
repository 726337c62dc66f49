import type { Command } from 'commander';
import { z } from 'zod';
import { DEFAULTS, EXIT, verify } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { addKeyFlags, rangeFlags, toRange } from '../flags/range.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { addPhaseFlag, phase, target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderVerify } from '../render/verify.js';
import type { Session } from '../session.js';

const MOST_LISTED = 1_000_000;

const flags = z.object({
  ...target,
  phase: phase.optional(),
  batches: rangeFlags.batches,
  from: rangeFlags.from,
  to: rangeFlags.to,
  strict: flag,
  limit: wholeNumber('--limit', 0, MOST_LISTED),
  record: flag,
});

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
  addKeyFlags(command)
    .option('--strict', 'also compare the text of every row, through a second route')
    .option('--limit <n>', `differences to list per table (default: ${DEFAULTS.limit})`)
    .option('--record', 'write the result into the ledger')
    .addHelpText(
      'after',
      helpAfter([
        ['drydock verify', 'everything'],
        ['drydock verify --phase opportunities --batches 3', 'one batch of one phase'],
        ['drydock verify --strict --record', 'the slow way too, and remember the result'],
        ['drydock verify --json > result.json', 'for a script'],
      ]),
    )
    .action(async () => {
      const { phase: phases, batches, from, to, ...rest } = parseFlags(flags, command);
      const range = toRange({ batches, from, to }, 'verify');
      const { signal } = session;
      const report = await withProgress(session, (onProgress) =>
        verify({ ...rest, phases, ...range, signal, onProgress }),
      );
      session.finish(report, renderVerify, report.equal ? EXIT.done : EXIT.different);
    });
}
