import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';

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
          'With --every nothing is held between two rounds: no connection, no lock. A round is postponed',
          'while another command is at work. Rollback of phase enhancements ends the job of pg_cron.',
        ],
      ),
    )
    .action(async () => (await import('../actions/refresh.js')).act(session, command));
}
