import { totalBytes } from '../db/relation-size.js';
import type { Session } from '../db/session.js';
import { tableOf } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';

/** Bytes of heap, TOAST and indexes, of the phase's legacy tables and of ours. */
export async function storageOf(
  session: Session,
  phase: Phase,
  targets: Targets,
): Promise<{ legacyBytes: number; unifiedBytes: number }> {
  const size = async (tables: readonly string[]) => {
    if (tables.length === 0) return 0;
    const sum = tables.map((_, index) => totalBytes(`$${index + 1}::text::regclass`)).join(' + ');
    return Number((await session.one(`select ${sum} as bytes`, tables)).bytes);
  };
  return {
    legacyBytes: await size(phase.bound.sources.map(tableOf)),
    unifiedBytes: await size([targets.unified.qualified, targets.folded.qualified]),
  };
}
