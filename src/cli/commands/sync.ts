import type { Command } from 'commander';
import { DEFAULTS } from '../../reports/target.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag, addSqlFlags } from './shared-options.js';

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
    .option('--dry-run', 'only show, with --sql');
  addSqlFlags(command)
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
          'Changes that are not applied yet stay in the queue. It ends by itself when all phases are completed.',
        ],
      ),
    )
    .action(async () => (await import('../actions/sync.js')).act(session, command));
}
