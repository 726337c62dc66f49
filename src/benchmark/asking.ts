import type { Session } from '../db/session.js';
import type { Question } from '../project/questions.js';

/** One form of a question, ready to be asked. */
export interface Asking {
  /** The statement that asks it, with its arguments; `explain` takes it too. */
  statement(args: readonly string[]): string;
  /** Asks it, and gives the milliseconds until the last byte of the answer was here. */
  timed(args: readonly string[]): Promise<number>;
}

/** Makes a form of a question ready; a prepared one is prepared in this session, until `work` ends. */
export async function withAsking<T>(
  session: Session,
  question: Question,
  form: 'legacy' | 'unified',
  work: (asking: Asking) => Promise<T>,
): Promise<T> {
  if (question.prepared === undefined) {
    const statement = (args: readonly string[]) => question[form](...args);
    return work({ statement, timed: (args) => timed(session, statement(args)) });
  }
  const name = `drydock_bench_${form}`;
  const places = Array.from({ length: question.prepared }, (_, index) => `$${index + 1}`);
  await session.execute(`prepare ${name} as ${question[form](...places)}`);
  const statement = (args: readonly string[]) => `execute ${name} (${args.join(', ')})`;
  try {
    return await work({
      statement,
      // COPY takes no prepared statement.
      timed: async (args) => {
        const begin = performance.now();
        await session.query(statement(args));
        return performance.now() - begin;
      },
    });
  } finally {
    await session.execute(`deallocate ${name}`).catch(() => undefined);
  }
}

/** Until the last byte of the answer is here, without making values of it: that would take longer than many a query. */
export async function timed(session: Session, statement: string): Promise<number> {
  const begin = performance.now();
  const answer = session.copyOut(`copy (${statement}) to stdout`);
  for await (const _ of answer);
  return performance.now() - begin;
}
