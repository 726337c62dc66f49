import type { Command } from 'commander';
import { z } from 'zod';
import { DEFAULTS, EXIT, sync } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { seconds } from '../flags/seconds.js';
import { addPhaseFlag, targetWithPhases } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderSync } from '../render/sync.js';
import type { Session } from '../session.js';
import { MOST_REJECTS } from './run.js';

const LONGEST_INTERVAL = 3600;

const flags = z.object({
  ...targetWithPhases,
  follow: flag,
  interval: seconds('--interval', LONGEST_INTERVAL),
  maxRejects: wholeNumber('--max-rejects', 0, MOST_REJECTS),
});

/** `drydock sync`: applies what was written to the legacy tables since they were loaded. */
export function addSync(program: Command, session: Session): void {
  const command = program
    .command('sync')
    .summary('apply what was written to the legacy tables since they were loaded')
    .description(
      'Computes again the keys that the captured changes concern, through the same transformers as a run, and ' +
        'replaces exactly these, until nothing more is to be applied. Deletes are followed, too. After a TRUNCATE the ' +
        'batches of the phase are loaded again.',
    );
  addPhaseFlag(command, 'phase to keep up to date (default: all that were run)');
  command
    .option('--follow', 'go on until stopped; other commands get their turn in between')
    .option(
      '--interval <seconds>',
      `between two looks at the queue when following (default: ${DEFAULTS.syncInterval})`,
    )
    .option(
      '--max-rejects <n>',
      `rows that may be put aside before the work stops (default: ${DEFAULTS.maxRejects})`,
    )
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock sync', 'catch up, once'],
          ['drydock sync --follow', 'stay caught up, until Ctrl-C'],
          ['drydock status', 'backlog and lag, from another terminal'],
        ],
        [
          'With --follow, a signal is the way to end it: between two portions of changes it ends with 0.',
          'Changes that are not applied yet stay in the queue.',
        ],
      ),
    )
    .action(async () => {
      const { phase, interval, ...rest } = parseFlags(flags, command);
      // Not named, it is whatever was run.
      const phases = command.opts().phase === undefined ? undefined : phase;
      const { signal } = session;
      const report = await withProgress(session, (onProgress) =>
        sync({ ...rest, phases, intervalSeconds: interval, signal, onProgress }),
      );
      session.finish(report, renderSync, EXIT.done);
    });
}
