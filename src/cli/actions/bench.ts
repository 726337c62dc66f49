import type { Command } from 'commander';
import { bench } from '../../benchmark/bench.js';
import { withCleanup } from '../../db/cleanup.js';
import { EXIT } from '../../errors.js';
import type { BenchReport } from '../../reports/bench.js';
import { names, text } from '../flags/flag.js';
import { parseFlags } from '../flags/parse.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { shape } from '../flags/shape.js';
import { target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderBench } from '../render/bench.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const MOST_ROWS = 10_000_000;
const MOST_READERS = 256;
const LONGEST_LOAD = 86_400;
const SEED = 1;

const flags = {
  ...target,
  rows: wholeNumber('--rows', 1, MOST_ROWS),
  shape: shape,
  save: text('--save wants the name of a directory.'),
  performanceOnly: flag,
  only: names('--only wants names of questions, parted by commas.'),
  questionSeconds: wholeNumber('--question-seconds', 0, LONGEST_LOAD),
  readers: wholeNumber('--readers', 1, MOST_READERS),
  loadSeconds: wholeNumber('--load-seconds', 1, LONGEST_LOAD),
};

/** What `drydock bench` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { rows, shape: shapeName, save, only: questions, ...rest } = await parseFlags(flags, command);
  const options = { ...rest, questions };
  if (rows !== undefined) refuseTarget(command);
  else if (shapeName !== undefined)
    throw new UsageError('--shape says what --rows makes; a connected database has its own.', 'bench');
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    withCleanup(async (cleanup) => {
      if (rows === undefined) return bench({ ...options, signal, onProgress });
      // The server and the data generator are loaded by nobody else.
      const { makeBenchDatabase } = await import('../demo/bench-database.js');
      const database = { rows, shape: shapeName ?? 'B', seed: SEED };
      const databaseUrl = await makeBenchDatabase(database, cleanup, signal, onProgress);
      return bench({ ...options, project: undefined, databaseUrl, signal, onProgress });
    }),
  );
  let saved: string | null = null;
  let unsaved: unknown;
  try {
    saved = save === undefined ? null : await saveTo(report, save);
  } catch (error) {
    // What took so long to measure is shown all the same.
    unsaved = error;
  }
  const draw: typeof renderBench = (drawn, style) => [
    ...renderBench(drawn, style),
    ...(saved === null ? [] : ['', `  Saved as ${saved}`]),
  ];
  session.finish(report, draw, report.equal ? EXIT.done : EXIT.different);
  if (unsaved !== undefined) throw unsaved;
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
