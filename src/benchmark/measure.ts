import { readTogether } from '../db/fresh-snapshot.js';
import type { Session } from '../db/session.js';
import { type Asked, isLeftOut } from '../project/questions.js';
import type { BenchQuery } from '../reports/bench.js';
import { callsOf, compareAnswers } from './answers.js';
import type { AskedQuestion } from './load.js';
import { type Instruments, timeQuestion } from './timing.js';

interface Measured {
  readonly query: BenchQuery;
  /** To be asked again by readers side by side; null where the answers differ, or there are none. */
  readonly equal: AskedQuestion | null;
  /** Its legacy form ran once only. */
  readonly isSlow: boolean;
}

/** Compares a question's answers, and takes the times of one that is answered alike. */
export async function measureQuestion(
  session: Session,
  asked: Asked,
  instruments: Instruments,
  signal: AbortSignal | undefined,
): Promise<Measured> {
  const { group, name, asks } = asked;
  const nothing = { rows: null, legacyMs: null, unifiedMs: null, speedup: null, legacy: null, unified: null };
  const leftOut = (reason: string) => ({
    query: { group, name, asks, status: 'left-out', reason, ...nothing } as const,
    equal: null,
    isSlow: false,
  });
  if (isLeftOut(asked)) return leftOut(asked.reason);
  // One snapshot: what others write meanwhile is no difference.
  return readTogether(session, signal, async () => {
    const calls = await callsOf(session, asked);
    if (calls.length === 0) return leftOut('There is nothing here that it could be asked of.');
    const answers = await compareAnswers(session, asked, calls);
    const { rows, difference } = answers;
    if (difference !== null) {
      return {
        query: { group, name, asks, status: 'different', reason: difference, ...nothing, rows },
        equal: null,
        isSlow: false,
      };
    }
    const { legacy, unified } = await timeQuestion(session, asked, answers, instruments);
    const query: BenchQuery = {
      group,
      name,
      asks,
      status: 'measured',
      reason: null,
      rows,
      legacyMs: legacy.p50,
      unifiedMs: unified.p50,
      speedup: legacy.p50 / unified.p50,
      legacy,
      unified,
    };
    return { query, equal: { question: asked, calls: answers.calls }, isSlow: answers.isSlow };
  });
}
