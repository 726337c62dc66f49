import type { Session } from '../db/session.js';
import { type Batch, spanOf } from '../ledger/batches.js';
import { viewName } from '../mapping/targets.js';
import type { Difference, SideHash, TableVerification } from '../reports/verify.js';
import { findDifferences } from './differences.js';
import { type Comparison, equalSides, hashBatches, NO_ROWS } from './sides.js';
import type { SnapshotPair, WholeSides } from './whole-sides.js';

/**
 * Compares a legacy table with its view: whole first, and only when that differs (or when some batches are asked
 * for) batch by batch, down to the rows and columns. Keys that are out of the comparison's scope are left out then, and
 * out of the sums that are given.
 *
 * @param whole both sides as a whole; null where only some batches are asked for
 * @param batches all batches of the phase
 * @param selected the batches to look at; null for the whole table
 */
export async function compareTable(
  sessions: SnapshotPair,
  comparison: Comparison,
  whole: WholeSides | null,
  batches: readonly Batch[],
  selected: readonly Batch[] | null,
  limit: number,
): Promise<TableVerification> {
  const { name } = comparison.keyed.source.table;
  const result = { table: name, view: viewName(name) };
  if (whole !== null && equalSides(whole.legacy, whole.unified)) {
    return {
      ...result,
      ...whole,
      equal: true,
      keysLeftOut: false,
      differingBatches: [],
      differences: [],
      more: false,
    };
  }
  const { differing, ...sums } = await compareBatches(sessions, comparison, batches, selected ?? batches);
  const isPart = whole === null || comparison.scope !== null;
  return {
    ...result,
    ...(isPart ? sums : whole),
    equal: isPart && differing.length === 0,
    keysLeftOut: comparison.scope !== null,
    ...(await explain(sessions.legacy, comparison, differing, limit)),
  };
}

async function compareBatches(
  sessions: SnapshotPair,
  comparison: Comparison,
  batches: readonly Batch[],
  selected: readonly Batch[],
) {
  const span = spanOf(batches, selected);
  const [legacy, unified] = await Promise.all([
    hashBatches(sessions.legacy, comparison, 'legacy', span),
    hashBatches(sessions.unified, comparison, 'unified', span),
  ]);
  const sidesOf = ({ number }: Batch) =>
    [legacy.get(number) ?? NO_ROWS, unified.get(number) ?? NO_ROWS] as const;
  const differing = selected.filter((batch) => !equalSides(...sidesOf(batch)));
  return {
    legacy: total(selected.map((batch) => sidesOf(batch)[0])),
    unified: total(selected.map((batch) => sidesOf(batch)[1])),
    differing,
  };
}

async function explain(session: Session, comparison: Comparison, differing: readonly Batch[], limit: number) {
  const differences: Difference[] = [];
  for (const batch of differing) {
    if (differences.length > limit) break;
    differences.push(...(await findDifferences(session, comparison, batch, limit + 1)));
  }
  return {
    differingBatches: differing.map((batch) => batch.number),
    differences: differences.slice(0, limit),
    more: differences.length > limit,
  };
}

/** The sums of batches add up to the sum of the table. */
function total(batches: readonly SideHash[]): SideHash {
  let rows = 0;
  const sums = [0n, 0n];
  for (const side of batches) {
    rows += side.rows;
    side.hash.split(':').forEach((sum, index) => {
      sums[index] = (sums[index] ?? 0n) + BigInt(sum);
    });
  }
  return { rows, hash: sums.join(':') };
}
