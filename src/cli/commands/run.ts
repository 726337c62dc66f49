import { constants, setPriority } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { DEFAULTS, EXIT, run, report as tell } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { addRangeFlags, rangeFlags, toRange } from '../flags/range.js';
import { addRateFlag, rateFlag } from '../flags/rate.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { addSizeFlags, sizeFlags } from '../flags/sizes.js';
import { addPhaseFlag, targetWithPhases } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderRun } from '../render/run.js';
import { writePage } from '../report/write.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import { printPlan } from './plan.js';

export const MOST_REJECTS = 1_000_000_000;

const flags = z.object({
  ...targetWithPhases,
  ...rangeFlags,
  ...sizeFlags,
  maxRejects: wholeNumber('--max-rejects', 0, MOST_REJECTS),
  maxRate: rateFlag,
  nice: flag,
  capture: z.boolean().optional(),
  dryRun: flag,
  report: z.string().min(1, { error: '--report wants the name of a file.' }).optional(),
});

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
    .option('--dry-run', 'only plan: the same as `drydock plan`')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock run --dry-run', 'look first'],
          ['drydock run', 'everything; again: resumes, or verifies only'],
          ['drydock run --phase opportunities', 'one phase'],
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
    .action(async () => runOrPlan(session, command));
}

async function runOrPlan(session: Session, command: Command): Promise<void> {
  const {
    phase,
    dryRun,
    report: page,
    maxRejects,
    maxRate,
    nice,
    capture,
    batches,
    from,
    to,
    since,
    ...rest
  } = parseFlags(flags, command);
  const range = toRange({ batches, from, to, since }, 'run');
  const options = { ...rest, phases: phase };
  if (dryRun) {
    if (Object.keys(range).length > 0) {
      throw new UsageError('A plan is of whole phases: --dry-run takes no range.', 'run');
    }
    return printPlan(session, options);
  }
  if (nice) lowerPriority(session);
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    run({ ...options, ...range, maxRejects, maxRate, nice, capture, signal, onProgress }),
  );
  if (page !== undefined) {
    const { databaseUrl, schema, appSchema } = options;
    const { html } = await tell({ databaseUrl, schema, appSchema, signal, run: report });
    await writePage(resolve(page), html);
  }
  session.finish(report, renderRun, report.outcome === 'different' ? EXIT.different : EXIT.done);
}

/** Also on the machine that the command runs on: it may be the server's. */
function lowerPriority({ log }: Session): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    log.debug({ error: String(error) }, 'the priority of the process could not be lowered');
  }
}
