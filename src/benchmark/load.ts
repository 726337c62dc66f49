import { cancelWhenStopped } from '../db/cancel.js';
import { withCleanup } from '../db/cleanup.js';
import type { Connector } from '../db/connect.js';
import type { Session } from '../db/session.js';
import type { Question } from '../project/questions.js';
import type { BenchLoad, LoadResult } from '../reports/bench.js';
import { timed } from './asking.js';
import { percentile } from './percentile.js';
import { preparePlanner } from './planner.js';

export interface AskedQuestion {
  readonly question: Question;
  readonly calls: readonly (readonly string[])[];
}

/** Each form reads in so many turns, the other one in between. */
const TURNS = 2;

/**
 * Several sessions ask questions side by side, as fast as they get answers: one form, then the other, and again.
 *
 * @param seconds for each form, over all turns; what is under way then is finished and counts
 */
export async function measureLoad(
  connector: Connector,
  asked: readonly AskedQuestion[],
  options: { readonly readers: number; readonly seconds: number; readonly signal: AbortSignal | undefined },
): Promise<BenchLoad> {
  return withCleanup(async (cleanup) => {
    const sessions: Session[] = [];
    for (let reader = 0; reader < options.readers; reader += 1) sessions.push(await connector.open(cleanup));
    await cancelWhenStopped(connector, sessions, options.signal, cleanup);
    for (const session of sessions) await session.execute('set default_transaction_read_only = on');
    const turns = { legacy: new Turns(), unified: new Turns() };
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const form of ['legacy', 'unified'] as const)
        await turns[form].take(sessions, asked, form, options.seconds / TURNS);
    }
    return {
      readers: options.readers,
      questions: asked.map(({ question }) => question.name),
      legacy: turns.legacy.result(),
      unified: turns.unified.result(),
    };
  });
}

class Turns {
  readonly #latencies: number[] = [];
  #ms = 0;

  async take(
    sessions: readonly Session[],
    asked: readonly AskedQuestion[],
    form: 'legacy' | 'unified',
    seconds: number,
  ): Promise<void> {
    const begin = performance.now();
    const read = async (session: Session, reader: number) => {
      // Each reader begins with another question.
      for (let at = reader; performance.now() - begin < 1000 * seconds; at += 1) {
        const next = asked[at % asked.length];
        if (next === undefined) return;
        const args = next.calls[Math.floor(at / asked.length) % next.calls.length] ?? [];
        await preparePlanner(session, next.question, form);
        this.#latencies.push(await timed(session, next.question[form](...args)));
      }
    };
    await Promise.all(sessions.map(read));
    this.#ms += performance.now() - begin;
  }

  result(): LoadResult {
    const seconds = this.#ms / 1000;
    const queries = this.#latencies.length;
    const at = (share: number) => percentile(this.#latencies, share);
    return { seconds, queries, perSecond: queries / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}
