import type { Command } from 'commander';
import { DEFAULTS } from '../../reports/target.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { addPhaseFlag, addRangeFlags, addRateFlag, addSizeFlags, addSqlFlags } from './shared-options.js';

/** `drydock run`: creates, backfills, indexes, verifies; resumes where an earlier run stopped. */
export function addRun(program: Command, session: Session): void {
  const command = program
    .command('run')
    .summary('unify the legacy tables, and prove the result equal')
    .description(
      'Creates the unified tables, backfills them batch by batch, builds indexes and constraints, creates the legacy ' +
        'views and verifies them. Given again, it goes on where it stopped. The legacy tables are only read, but for ' +
        'the triggers that report what is written to them meanwhile.',
    );
  addPhaseFlag(command, 'phase to run (default: all)');
  addRangeFlags(command);
  addSizeFlags(command);
  addRateFlag(command)
    .option(
      '--nice',
      'rest between batches as long as others are at work on the server, in proportion; run at a lower priority',
    )
    .option(
      '--max-rejects <n>',
      `rows that may be put aside before the run stops (default: ${DEFAULTS.maxRejects})`,
    )
    .option(
      '--no-capture',
      'put no triggers on the legacy tables: nobody writes to them, or they may not be had',
    )
    .option('--report <file>', 'afterwards write what was done as one HTML page, as `drydock report` does')
    .option('--dry-run', 'only plan: the same as `drydock plan`');
  addSqlFlags(command)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock run --dry-run', 'look first'],
          ['drydock run --dry-run --sql', 'every statement, for review'],
          ['drydock run', 'everything; again: resumes, or verifies only'],
          ['drydock run --phase <phase>', 'one phase'],
          ['drydock run --batches 120..140', 'load these batches again'],
          ['drydock run --since 2025-03-01', 'keys touched since then'],
          ['drydock run --nice --max-rate 5000', 'in production hours'],
        ],
        [
          'drydock pause, resume and throttle steer a run at work from another terminal. They, --max-rate',
          'and --nice hold back the loading of batches; building indexes and verifying go at full speed.',
        ],
      ),
    )
    .action(async () => (await import('../actions/run.js')).act(session, command));
}
