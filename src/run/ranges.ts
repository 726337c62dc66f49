import type { Session } from '../db/session.js';
import { type KeyRange, tile } from '../keys/key-range.js';
import { fromClause } from '../mapping/keyed-source.js';
import type { Phase } from '../phases/phase.js';

/** Keys to look at per batch: enough for batches of like size, few enough to be quick. */
const SAMPLE_PER_BATCH = 100;

/** Legacy rows of each source, exactly. */
export async function countSources(session: Session, phase: Phase): Promise<number[]> {
  const counts: number[] = [];
  for (const keyed of phase.keyed) {
    const { n } = await session.one(
      `select count(*) as n from ${fromClause({ source: keyed.source, joins: '' })}`,
    );
    counts.push(Number(n));
  }
  return counts;
}

/**
 * Cuts the key space into ranges of about `batchSize` legacy rows, at quantiles of the keys themselves: arithmetic
 * ranges over sparse keys would make thousands of empty batches. Large tables are sampled, always in the same way.
 */
export async function planRanges(
  session: Session,
  phase: Phase,
  rows: number,
  batchSize: number,
): Promise<KeyRange[]> {
  const batches = Math.max(1, Math.ceil(rows / batchSize));
  if (batches === 1) return tile([]);
  const percent = Math.min(100, (100 * batches * SAMPLE_PER_BATCH) / rows);
  const keys = phase.keyed.map(
    (keyed) =>
      `select ${keyed.key} as merge_key from ${fromClause(keyed, percent < 50 ? percent : undefined)}`,
  );
  const found = await session.query(
    `${phase.keyed[0]?.roughly ?? ''}
     select unnest(percentile_disc(array(select i::double precision / $1::int from generate_series(1, $1::int - 1) i)) within group (order by k.merge_key)) as bound
     from (${keys.join(' union all ')}) k`,
    [batches],
  );
  return tile(found.flatMap((row) => (row.bound == null ? [] : [row.bound])));
}
