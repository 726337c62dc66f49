import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, refresh, refreshEvery, scheduleRefresh } from '../../index.js';
import { interval } from '../flags/interval.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderRefresh, renderSchedule, renderSeries, roundText } from '../render/refresh.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const flags = z.object({ ...target, every: interval('--every'), force: flag, pgCron: flag });

/** `drydock refresh`: brings the materialized views up to date. */
export function addRefresh(program: Command, session: Session): void {
  const command = program
    .command('refresh')
    .summary('bring the materialized views up to date')
    .description(
      'Refreshes the materialized views whose tables have changed since the last refresh, beside their readers ' +
        '(concurrently), and adds up what the triggers of the metrics have written.',
    )
    .option('--force', 'refresh all of them, whether anything has changed or not')
    .option('--every <time>', 'again and again until a signal comes: 30s, 15m, 6h, 1d')
    .option('--pg-cron', 'have the extension pg_cron do it inside the server, as often as --every says');
  command
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock refresh', 'what has changed, once'],
          ['drydock refresh --force', 'everything'],
          ['drydock refresh --every 6h', 'now and every six hours, until Ctrl-C'],
          ['drydock refresh --pg-cron --every 6h', 'the same, inside the server'],
        ],
        [
          'With --every nothing is held between two rounds: no connection, no lock. A round is put off',
          'while another command is at work. Rollback of phase enhancements ends the job of pg_cron.',
        ],
      ),
    )
    .action(async () => run(session, parseFlags(flags, command)));
}

async function run(
  session: Session,
  { every, force, pgCron, ...where }: z.output<typeof flags>,
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
    const onRound: Parameters<typeof refreshEvery>[0]['onRound'] = (report) =>
      session.log.info({ views: report.views }, roundText(report));
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
