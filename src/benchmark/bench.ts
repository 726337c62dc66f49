import { bindPhases, type Context, openContext } from '../context/context.js';
import { secondsSince, stoppable, throwIfStopped } from '../context/stoppable.js';
import { withCleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { quoted } from '../format/printable.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { Phase } from '../mapping/phase.js';
import type { Asked, QuestionsDefinition } from '../project/questions.js';
import { BENCH_DEFAULTS, type BenchOptions, type BenchQuery, type BenchReport } from '../reports/bench.js';
import { requireOptions } from '../reports/options.js';
import { bufferEmptier } from './cold.js';
import { type AskedQuestion, measureLoad } from './load.js';
import { lookUps } from './look-ups.js';
import { measureQuestion } from './measure.js';
import { processorTimeOf } from './processor-time.js';
import { measureStorage } from './storage.js';
import { targetsOf } from './targets.js';
import type { Instruments } from './timing.js';

const STATE = 'A benchmark writes nothing; it was not finished.';

/**
 * Asks the questions that people ask of this database in their legacy form and in their unified form: compares the
 * answers, then the time that they take; then what the tables take on disk, and how both forms do with several
 * readers side by side. Everything in read-only transactions.
 *
 * @throws DrydockError `not-loaded` when the phases were not run
 */
export async function bench(options: BenchOptions): Promise<BenchReport> {
  requireOptions('bench', options);
  const start = performance.now();
  return stoppable(options, STATE, () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      const phases = bindPhases(context);
      const questions = context.project.questions ?? lookUps(askable(context, phases));
      const about = {
        session: context.session,
        legacy: context.legacy,
        phases: loaded(context, phases, questions),
      };
      const bound = await questions.bind(about);
      const notMeasured: string[] = [];
      const { questionSeconds = BENCH_DEFAULTS.questionSeconds } = options;
      const instruments = await instrumentsOf(context.session, 1000 * questionSeconds, notMeasured);

      const queries: BenchQuery[] = [];
      const equalOnes: AskedQuestion[] = [];
      const slow: string[] = [];
      const asked = chosen(bound.asked, options.questions);
      for (const [index, one] of asked.entries()) {
        throwIfStopped(options.signal, STATE);
        context.report({
          type: 'notice',
          level: 'info',
          message: `${index + 1} of ${asked.length}: ${one.name}`,
        });
        const { query, equal, isSlow } = await measureQuestion(
          context.session,
          one,
          instruments,
          options.signal,
        );
        queries.push(query);
        if (isSlow) slow.push(query.name);
        if (equal !== null && one.group === questions.sideBySide) equalOnes.push(equal);
      }
      if (slow.length > 0)
        notMeasured.push(`more than one run, and cold ones, of slow questions: ${slow.join(', ')}`);
      const whole = options.performanceOnly !== true;
      const storage = whole ? await measureStorage(context.session, phases, bound.further) : null;
      const {
        readers = BENCH_DEFAULTS.readers,
        loadSeconds: seconds = BENCH_DEFAULTS.loadSeconds,
        signal,
      } = options;
      if (whole && equalOnes.length > 0) {
        context.report({ type: 'notice', level: 'info', message: `${readers} readers side by side` });
      }
      const load =
        whole && equalOnes.length > 0
          ? await measureLoad(context.connector, equalOnes, { readers, seconds, signal })
          : null;
      return {
        database: context.database,
        schema: context.schema,
        server: context.server,
        at: new Date().toISOString(),
        ...found(context.legacy),
        settings: await settingsOf(context.session),
        equal: queries.every(({ status }) => status !== 'different'),
        queries,
        storage,
        load,
        targets: targetsOf(questions.goals, queries, storage),
        goalsFor: questions.goalsFor,
        notMeasured,
        seconds: secondsSince(start),
      };
    }),
  );
}

function chosen(asked: readonly Asked[], names: readonly string[] | undefined): readonly Asked[] {
  if (names === undefined) return asked;
  const unknown = names.find((name) => !asked.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new DrydockError({
      code: 'unknown-question',
      what: `There is no question ${quoted(unknown)}.`,
      state: 'Nothing was measured; the database was only read.',
      next: `Known are ${asked.map(({ name }) => name).join(', ')}.`,
    });
  }
  return asked.filter(({ name }) => names.includes(name));
}

/** The phases that the questions stand on. */
function loaded(
  context: Context,
  phases: readonly Phase[],
  { stands }: QuestionsDefinition,
): readonly Phase[] {
  return stands.map((name) => {
    const phase = phases.find((candidate) => candidate.name === name);
    const entry = context.entries.get(name);
    if (phase !== undefined && entry !== undefined && entry.state !== 'loading') return phase;
    throw new DrydockError({
      code: 'not-loaded',
      what: `Phase ${name} is not loaded; there is nothing to compare yet.`,
      state: 'Nothing was measured; the database was only read.',
      next: 'Run: drydock run',
    });
  });
}

/** The phases that look-ups can be made for: those that are loaded, or all of them to say which one is not. */
function askable({ entries }: Context, phases: readonly Phase[]): string[] {
  const names = phases.map(({ name }) => name);
  const loadedOnes = names.filter((name) => {
    const state = entries.get(name)?.state;
    return state !== undefined && state !== 'loading';
  });
  return loadedOnes.length === 0 ? names : loadedOnes;
}

async function instrumentsOf(
  session: Session,
  questionMs: number,
  notMeasured: string[],
): Promise<Instruments> {
  const [processorTime, emptyBuffers] = [await processorTimeOf(session), await bufferEmptier(session)];
  if (typeof processorTime === 'string') notMeasured.push(`processor time: ${processorTime}`);
  if (typeof emptyBuffers === 'string') notMeasured.push(`cold runs: ${emptyBuffers}`);
  return {
    questionMs,
    processorTime: typeof processorTime === 'string' ? null : processorTime,
    emptyBuffers: typeof emptyBuffers === 'string' ? null : emptyBuffers,
  };
}

function found(legacy: LegacyDatabase): Pick<BenchReport, 'legacyRows' | 'shapes'> {
  const tables = [...legacy.tables.values()];
  return {
    legacyRows: tables.reduce((sum, table) => sum + Math.max(0, table.estimatedRows), 0),
    shapes: Object.fromEntries(tables.map((table) => [table.name, table.shape.name])),
  };
}

/** What the times depend on. */
async function settingsOf(session: Session): Promise<Record<string, string>> {
  const rows = await session.query(
    `select name, current_setting(name) as value
     from unnest(array['shared_buffers', 'effective_cache_size', 'work_mem', 'random_page_cost', 'max_parallel_workers_per_gather', 'jit']) as name`,
  );
  return Object.fromEntries(rows.map((row) => [String(row.name), String(row.value)]));
}
