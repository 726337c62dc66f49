import type { Session } from '../db/session.js';
import { buildConcurrently, type ConcurrentIndex, dropConcurrently } from '../ledger/concurrent-index.js';
import type { Targets } from '../mapping/targets.js';
import { neededIndex, type Repointable } from './foreign-keys.js';
import type { Turn } from './turn.js';

/**
 * Does work with the indexes in place that the keys need, which are built beside readers and writers. Where the work
 * fails, what was built for it is taken away again: it would stand in the way of a merge.
 */
export async function withKeyIndexes<T>(
  session: Session,
  { context, phaseId }: Pick<Turn, 'context' | 'phaseId'>,
  about: {
    readonly keys: readonly Repointable[];
    readonly targets: Targets;
    /** Others that are wanted by then. */
    readonly further: readonly ConcurrentIndex[];
  },
  work: (isBuilt: boolean) => Promise<T>,
): Promise<T> {
  const needed = new Map(about.further.map((index) => [index.name, index]));
  for (const key of about.keys) {
    const index = neededIndex(key, about.targets);
    if (index !== null) needed.set(index.name, index);
  }
  const built: ConcurrentIndex[] = [];
  try {
    for (const index of needed.values())
      if (await buildConcurrently(session, phaseId, index, context.signal)) built.push(index);
    return await work(built.length > 0);
  } catch (error) {
    // The first error counts; an index that stays is ours, and the next attempt uses it.
    for (const index of built) await dropConcurrently(session, phaseId, index).catch(() => undefined);
    throw error;
  }
}
