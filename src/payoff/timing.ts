import type { Session } from '../db/session.js';
import type { Timing } from '../reports/bench.js';
import { type Asking, withAsking } from './asking.js';
import type { EmptyBuffers } from './cold.js';
import { explained } from './explain.js';
import { percentile } from './percentile.js';
import { preparePlanner } from './planner.js';
import type { ProcessorTime } from './processor-time.js';
import type { Question } from './question.js';

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
 * @param calls arguments of each call; run after run takes the next one, the same for both forms
 */
export async function timeQuestion(
  session: Session,
  question: Question,
  calls: readonly (readonly string[])[],
  instruments: Instruments,
): Promise<Forms<Timing>> {
  return withAsking(session, question, 'legacy', (legacy) =>
    withAsking(session, question, 'unified', (unified) =>
      timeForms(session, question, calls, instruments, { legacy, unified }),
    ),
  );
}

async function timeForms(
  session: Session,
  question: Question,
  calls: readonly (readonly string[])[],
  instruments: Instruments,
  asking: Forms<Asking>,
): Promise<Forms<Timing>> {
  const coldRun = async (form: Form): Promise<number | null> => {
    if (instruments.emptyBuffers === null) return null;
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
      await preparePlanner(session, question, form);
      times[form].push(await asking[form].timed(args));
    }
  }
  const form = async (name: Form): Promise<Timing> => {
    await preparePlanner(session, question, name);
    return {
      runs: times[name].length,
      p50: percentile(times[name], 0.5),
      p95: percentile(times[name], 0.95),
      cold: cold[name],
      cpu: await processorMs(session, asking[name], calls, instruments),
      ...(await explained(session, asking[name].statement(callAt(calls, 0)))),
      sql: question[name](...callAt(calls, 0)),
    };
  };
  return { legacy: await form('legacy'), unified: await form('unified') };
}

function callAt(calls: readonly (readonly string[])[], run: number): readonly string[] {
  return calls[run % calls.length] ?? [];
}

/** Without parallel workers: their processor time is not the backend's. */
async function processorMs(
  session: Session,
  asking: Asking,
  calls: readonly (readonly string[])[],
  { processorTime, questionMs }: Instruments,
): Promise<number | null> {
  if (processorTime === null) return null;
  await session.execute('set local max_parallel_workers_per_gather = 0');
  const begin = performance.now();
  const before = await processorTime();
  let runs = 0;
  while (runs === 0 || (runs < MOST_SERIAL && performance.now() - begin < questionMs / 4)) {
    await asking.timed(callAt(calls, runs));
    runs += 1;
  }
  const spent = (await processorTime()) - before;
  await session.execute('reset max_parallel_workers_per_gather');
  return spent / runs;
}
