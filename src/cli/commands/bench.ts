import type { Command } from 'commander';
import { BENCH_DEFAULTS } from '../../reports/bench.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { SHAPES } from '../shapes.js';

/** `drydock bench`: what the restructuring is worth, measured. */
export function addBench(program: Command, session: Session): void {
  const command = program
    .command('bench')
    .summary('measure the questions that people ask, before and after')
    .description(
      'Asks each question of the legacy tables and of the unified ones, compares the two answers, and only then takes ' +
        'the time, alternately. Then measures tables and indexes on disk, and several readers side by side. On the ' +
        'connected database everything happens in read-only transactions; with --rows on a server of its own.',
    )
    .option(
      '--rows <n>',
      'generate a database of about so many rows per table on a server of its own, and measure there',
    )
    .option('--shape <shape>', `with --rows, which legacy tables: ${SHAPES.join(', ')} (default: B)`)
    .option('--save <dir>', 'also write the result there, under a name with the time')
    .option('--only <a,b>', 'ask only these questions')
    .option('--performance-only', 'only the questions: neither storage nor readers side by side')
    .option(
      '--question-seconds <s>',
      `how long each question is asked; five times at least (default: ${BENCH_DEFAULTS.questionSeconds})`,
    )
    .option('--readers <n>', `sessions that read side by side (default: ${BENCH_DEFAULTS.readers})`)
    .option(
      '--load-seconds <s>',
      `how long they read, in each form (default: ${BENCH_DEFAULTS.loadSeconds})`,
    );
  command
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock bench', 'on the connected database, after a run'],
          ['drydock bench --rows 50000', 'on a generated one'],
          ['drydock bench --save bench --json', 'for a script, and for drydock report'],
        ],
        ['A question whose two answers differ is reported, and not timed; the exit status is 1 then.'],
      ),
    )
    .action(async () => (await import('../actions/bench.js')).act(session, command));
}
