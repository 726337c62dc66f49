import type { Session } from '../db/session.js';
import type { Question } from '../project/questions.js';
import type { Timing } from '../reports/bench.js';
import type { Answers } from './answers.js';
import { type Asking, withAsking } from './asking.js';
import type { EmptyBuffers } from './cold.js';
import { explained } from './explain.js';
import { percentile } from './percentile.js';
import { preparePlanner } from './planner.js';
import type { ProcessorTime } from './processor-time.js';

/** What is there to measure with, beside a clock. */
export interface Instruments {
  readonly processorTime: ProcessorTime | null;
  readonly emptyBuffers: EmptyBuffers | null;
  /** A question is asked again until both forms together have taken so long. */
  readonly questionMs: number;
}

const FEWEST_RUNS = 5;
const MOST_RUNS = 200;
const MOST_SERIAL = 20;

const FORMS = ['legacy', 'unified'] as const;
type Form = (typeof FORMS)[number];
type Forms<T> = { readonly legacy: T; readonly unified: T };

/**
 * Times both forms of a question, alternately, so that whatever else the machine does falls on both. Warm: each form
 * has answered every call before.
 *
 * @param answers its calls; run after run takes the next one, the same for both forms. The legacy form of a slow question
 *   runs once, warm, and once more to be explained, which gives its processor time too.
 */
export async function timeQuestion(
  session: Session,
  question: Question,
  answers: Pick<Answers, 'calls' | 'isSlow'>,
  instruments: Instruments,
): Promise<Forms<Timing>> {
  return withAsking(session, question, 'legacy', (legacy) =>
    withAsking(session, question, 'unified', (unified) =>
      timeForms(session, question, answers, instruments, { legacy, unified }),
    ),
  );
}

async function timeForms(
  session: Session,
  question: Question,
  { calls, isSlow }: Pick<Answers, 'calls' | 'isSlow'>,
  instruments: Instruments,
  asking: Forms<Asking>,
): Promise<Forms<Timing>> {
  const coldRun = async (form: Form): Promise<number | null> => {
    if (instruments.emptyBuffers === null || isSlow) return null;
    await instruments.emptyBuffers();
    await preparePlanner(session, question, form);
    return asking[form].timed(callAt(calls, 0));
  };
  const cold = { legacy: await coldRun('legacy'), unified: await coldRun('unified') };
  const times: Forms<number[]> = { legacy: [], unified: [] };
  const begin = performance.now();
  for (let run = 0; run < MOST_RUNS; run += 1) {
    if (
      run >= Math.max(FEWEST_RUNS, Math.min(calls.length, MOST_RUNS)) &&
      performance.now() - begin >= instruments.questionMs
    )
      break;
    const args = callAt(calls, run);
    for (const form of FORMS) {
      if (isSlow && form === 'legacy' && run > 0) continue;
      await preparePlanner(session, question, form);
      times[form].push(await asking[form].timed(args));
    }
  }
  const form = async (name: Form): Promise<Timing> => {
    await preparePlanner(session, question, name);
    const explain = () => explained(session, asking[name].statement(callAt(calls, 0)));
    const { processorTime } = instruments;
    const explainedAt =
      isSlow && name === 'legacy' && processorTime !== null
        ? await serially(session, () => spentOn(processorTime, explain))
        : { spent: await processorMs(session, asking[name], calls, instruments), found: await explain() };
    return {
      runs: times[name].length,
      p50: percentile(times[name], 0.5),
      p95: percentile(times[name], 0.95),
      cold: cold[name],
      cpu: explainedAt.spent,
      ...explainedAt.found,
      sql: question[name](...callAt(calls, 0)),
    };
  };
  return { legacy: await form('legacy'), unified: await form('unified') };
}

function callAt(calls: readonly (readonly string[])[], run: number): readonly string[] {
  return calls[run % calls.length] ?? [];
}

async function processorMs(
  session: Session,
  asking: Asking,
  calls: readonly (readonly string[])[],
  { processorTime, questionMs }: Instruments,
): Promise<number | null> {
  if (processorTime === null) return null;
  return serially(session, async () => {
    const begin = performance.now();
    const { spent, found: runs } = await spentOn(processorTime, async () => {
      let run = 0;
      while (run === 0 || (run < MOST_SERIAL && performance.now() - begin < questionMs / 4)) {
        await asking.timed(callAt(calls, run));
        run += 1;
      }
      return run;
    });
    return spent / runs;
  });
}

/** The processor time of the backend, in milliseconds, beside what was done in it. */
async function spentOn<T>(
  processorTime: ProcessorTime,
  work: () => Promise<T>,
): Promise<{ readonly spent: number; readonly found: T }> {
  const before = await processorTime();
  const found = await work();
  return { spent: (await processorTime()) - before, found };
}

/** Without parallel workers: their processor time is not the backend's. */
async function serially<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.execute('set local max_parallel_workers_per_gather = 0');
  const found = await work();
  await session.execute('reset max_parallel_workers_per_gather');
  return found;
}
