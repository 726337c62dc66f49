import { constants, setPriority } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import type { RunReport } from '../../reports/run.js';
import type { TargetOptions } from '../../reports/target.js';
import { run } from '../../verbs/run.js';
import { text } from '../flags/flag.js';
import { parseFlags } from '../flags/parse.js';
import { rangeFlags, toRange } from '../flags/range.js';
import { rateFlag } from '../flags/rate.js';
import { maxRejects } from '../flags/rejects.js';
import { flag, unlessOff } from '../flags/scalars.js';
import { sizeFlags } from '../flags/sizes.js';
import { databaseUrl, targetWithPhases } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderRun } from '../render/run.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const flags = {
  ...targetWithPhases,
  ...rangeFlags,
  ...sizeFlags,
  maxRejects,
  maxRate: rateFlag,
  nice: flag,
  capture: unlessOff,
  dryRun: flag,
  sql: flag,
  scratchUrl: databaseUrl('--scratch-url'),
  report: text('--report wants the name of a file.'),
};

/** What `drydock run` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const {
    phase,
    dryRun,
    sql,
    scratchUrl,
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
  } = await parseFlags(flags, command);
  const range = toRange({ batches, from, to, since }, 'run');
  const options = { ...rest, phases: phase };
  if (sql) {
    const { printStatements } = await import('./statements.js');
    return printStatements(session, { ...rest, verb: 'run', phases: phase, capture, dryRun, scratchUrl });
  }
  if (dryRun) {
    if (Object.keys(range).length > 0) {
      throw new UsageError('A plan is of whole phases: --dry-run takes no range.', 'run');
    }
    const { printPlan } = await import('./plan.js');
    return printPlan(session, options);
  }
  if (nice) await lowerPriority(session);
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    run({ ...options, ...range, maxRejects, maxRate, nice, capture, signal, onProgress }),
  );
  if (page !== undefined) {
    await writeReport(resolve(page), { ...options, signal }, report);
  }
  session.finish(report, renderRun, report.outcome === 'different' ? EXIT.different : EXIT.done);
}

/** The page, for which most runs are not asked: neither are they to load what draws it. */
async function writeReport(
  file: string,
  { databaseUrl, project, schema, appSchema, signal }: TargetOptions,
  run: RunReport,
): Promise<void> {
  const [{ report }, { writePage }] = await Promise.all([
    import('../../report/report.js'),
    import('../report/write.js'),
  ]);
  const { html } = await report({ databaseUrl, project, schema, appSchema, signal, run });
  await writePage(file, html);
}

/** Also on the machine that the command runs on: it may be the server's. */
async function lowerPriority(session: Session): Promise<void> {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    const log = await session.log();
    log.debug({ error: String(error) }, 'the priority of the process could not be lowered');
  }
}
