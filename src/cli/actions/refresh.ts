import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { refresh } from '../../verbs/refresh.js';
import { refreshEvery } from '../../verbs/refresh-every.js';
import { scheduleRefresh } from '../../verbs/refresh-schedule.js';
import type { Values } from '../flags/flag.js';
import { interval } from '../flags/interval.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderRefresh, renderSchedule, renderSeries, roundText } from '../render/refresh.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const flags = { ...target, every: interval('--every'), force: flag, pgCron: flag };

/** What `drydock refresh` does. */
export async function act(session: Session, command: Command): Promise<void> {
  return run(session, await parseFlags(flags, command));
}

async function run(
  session: Session,
  { every, force, pgCron, ...where }: Values<typeof flags>,
): Promise<void> {
  const { signal } = session;
  if (pgCron) {
    if (force) throw new UsageError('--force is for one refresh; --pg-cron makes a job.', 'refresh');
    if (every === undefined)
      throw new UsageError('--pg-cron wants to be told how often: give --every.', 'refresh');
    const report = await scheduleRefresh({ ...where, everySeconds: every, signal });
    return session.finish(report, renderSchedule, EXIT.done);
  }
  if (every !== undefined) {
    const log = await session.log();
    const onRound: Parameters<typeof refreshEvery>[0]['onRound'] = (report) =>
      log.info({ views: report.views }, roundText(report));
    const report = await withProgress(session, (onProgress) =>
      refreshEvery({ ...where, force, everySeconds: every, signal, onProgress, onRound }),
    );
    return session.finish(report, renderSeries, EXIT.done);
  }
  const report = await withProgress(session, (onProgress) =>
    refresh({ ...where, force, signal, onProgress }),
  );
  session.finish(report, renderRefresh, EXIT.done);
}
