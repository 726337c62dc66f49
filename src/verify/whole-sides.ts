import type { Session } from '../db/session.js';
import type { SideHash } from '../reports/verify.js';
import { type Comparison, hashSide, type SideName } from './sides.js';

/** Two sessions in one snapshot: both sides are hashed at the same time, of the same moment. On a standby, one session. */
export interface SnapshotPair {
  readonly legacy: Session;
  readonly unified: Session;
}

/** Both sides of a table, each as a whole. */
export type WholeSides = Readonly<Record<SideName, SideHash>>;

/**
 * Hashes both sides of tables as a whole. The sessions share a snapshot, so each takes whichever side is next, and neither waits
 * for the other at the end of a table: what gives a table back takes longer than the table.
 *
 * @param onTable called when the first side of a table is begun
 */
export async function hashWholeSides(
  sessions: SnapshotPair,
  comparisons: readonly Comparison[],
  onTable: (comparison: Comparison) => void,
): Promise<ReadonlyMap<Comparison, WholeSides>> {
  const hashes = new Map<Comparison, Partial<Record<SideName, SideHash>>>();
  const longestFirst = [...comparisons].sort((a, b) => bytesOf(b) - bytesOf(a));
  const waiting = (['unified', 'legacy'] as const).flatMap((side) =>
    longestFirst.map((comparison) => ({ comparison, side })),
  );
  const work = async (session: Session) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { comparison, side } = next;
      if (side === 'unified') onTable(comparison);
      const hash = await hashSide(session, comparison, side);
      // All is done again then: better at once than after hours.
      await session.passFence();
      hashes.set(comparison, { ...hashes.get(comparison), [side]: hash });
    }
  };
  await Promise.all([work(sessions.legacy), work(sessions.unified)]);
  return hashes as Map<Comparison, WholeSides>;
}

function bytesOf({ keyed }: Comparison): number {
  return keyed.source.table.bytes;
}
