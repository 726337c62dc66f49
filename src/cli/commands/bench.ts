import type { Command } from 'commander';
import { z } from 'zod';
import { withCleanup } from '../../db/cleanup.js';
import { BENCH_DEFAULTS, type BenchReport, bench, EXIT } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderBench } from '../render/bench.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import { DEMO_SHAPES, shape } from './demo.js';

const MOST_SUBMISSIONS = 10_000_000;
const MOST_READERS = 256;
const LONGEST_LOAD = 86_400;
const SEED = 1;

const questionNames = z
  .string()
  .transform((names) => names.split(',').map((name) => name.trim()))
  .optional();

const flags = z.object({
  ...target,
  rows: wholeNumber('--rows', 1, MOST_SUBMISSIONS),
  shape: shape.optional(),
  save: z.string().min(1, { error: '--save wants the name of a directory.' }).optional(),
  performanceOnly: flag,
  only: questionNames,
  questionSeconds: wholeNumber('--question-seconds', 0, LONGEST_LOAD),
  readers: wholeNumber('--readers', 1, MOST_READERS),
  loadSeconds: wholeNumber('--load-seconds', 1, LONGEST_LOAD),
});

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
      'make a database of so many Reddit submissions on a server of its own, and measure there',
    )
    .option('--shape <shape>', `with --rows, which legacy tables: ${DEMO_SHAPES.join(', ')} (default: B)`)
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
    .action(async () => {
      const { rows, shape: shapeName, save, only: questions, ...rest } = parseFlags(flags, command);
      const options = { ...rest, questions };
      if (rows !== undefined) refuseTarget(command);
      else if (shapeName !== undefined)
        throw new UsageError('--shape says what --rows makes; a connected database has its own.', 'bench');
      const { signal } = session;
      const report = await withProgress(session, (onProgress) =>
        withCleanup(async (cleanup) => {
          if (rows === undefined) return bench({ ...options, signal, onProgress });
          // The server and the data generator are loaded by nobody else.
          const { makeBenchDatabase } = await import('../bench/own-database.js');
          const database = { submissions: rows, shape: shapeName ?? 'B', seed: SEED };
          const databaseUrl = await makeBenchDatabase(database, cleanup, signal, onProgress);
          return bench({ ...options, databaseUrl, signal, onProgress });
        }),
      );
      const saved = save === undefined ? null : await saveTo(report, save);
      const draw: typeof renderBench = (drawn, style) => [
        ...renderBench(drawn, style),
        ...(saved === null ? [] : ['', `  Saved as ${saved}`]),
      ];
      session.finish(report, draw, report.equal ? EXIT.done : EXIT.different);
    });
}

async function saveTo(report: BenchReport, directory: string): Promise<string> {
  const { saveBench } = await import('../bench/save.js');
  return saveBench(report, directory);
}

/** Somebody who names a database expects it to be measured. */
function refuseTarget(command: Command): void {
  const { databaseUrl, schema, appSchema } = command.optsWithGlobals<Record<string, unknown>>();
  if ([databaseUrl, schema, appSchema].some((value) => value !== undefined)) {
    throw new UsageError(
      'With --rows the benchmark makes a database of its own: it takes no other.',
      'bench',
    );
  }
}
