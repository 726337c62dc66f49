import type { Session } from '../db/session.js';
import { type KeyRange, tile } from '../keys/key-range.js';
import { fromClause, type KeyedSource } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import { selectiveKeys } from '../mapping/selective.js';
import { wantedSample } from '../mapping/wanted.js';

/** Up to so many rows all keys are looked at; of more rows, a sample. */
const FEW_ROWS = 50_000;
/** Blocks to look at per batch: enough for batches of like size. */
const BLOCKS_PER_BATCH = 50;
/** And in all, whatever the number of batches: each may have to be read from the disk. */
const MOST_BLOCKS = 30_000;
/** Up to so many rows are counted one by one. */
const COUNTED_ROWS = 300_000;

/** Legacy rows of each source; of a large table as the server estimates them, which is near enough to cut batches. */
export async function estimateRows(session: Session, phase: Phase): Promise<number[]> {
  const rows: number[] = [];
  for (const keyed of phase.keyed) rows.push(await rowsOf(session, keyed));
  return rows;
}

async function rowsOf(session: Session, keyed: KeyedSource): Promise<number> {
  const { source } = keyed;
  if (source.table.estimatedRows > COUNTED_ROWS) {
    const { rows } = await session.one(
      `select (reltuples * pg_relation_size(oid) / (relpages * current_setting('block_size')::bigint))::bigint::text as rows
       from pg_class where oid = $1::text::oid and relpages > 0
       union all select '0' limit 1`,
      [source.table.oid],
    );
    if (Number(rows) > 0) return Number(rows);
  }
  const { n } = await session.one(`select count(*) as n from ${fromClause({ source, joins: '' })}`);
  return Number(n);
}

/**
 * Cuts the key space into ranges of about `batchSize` legacy rows, at quantiles of the keys themselves: arithmetic
 * ranges over sparse keys would make thousands of empty batches. Large tables are sampled, always in the same way.
 *
 * @param rows of each source
 */
export async function planRanges(
  session: Session,
  phase: Phase,
  rows: readonly number[],
  batchSize: number,
): Promise<KeyRange[]> {
  const total = rows.reduce((sum, count) => sum + count, 0);
  const batches = Math.max(1, Math.ceil(total / batchSize));
  if (batches === 1) return tile([]);
  const found =
    total <= FEW_ROWS
      ? await session.query(quantiles(allKeys(phase)), [batches])
      : await ofSample(session, phase, rows, batches);
  return tile(found.flatMap((row) => (row.bound == null ? [] : [row.bound])));
}

function quantiles(keys: string): string {
  return `select unnest(percentile_disc(array(select i::double precision / $1::int from generate_series(1, $1::int - 1) i)) within group (order by k.merge_key)) as bound
    from (${keys}) k`;
}

function allKeys(phase: Phase): string {
  const keys = phase.keyed.map((keyed) => `select ${keyed.key} as merge_key from ${fromClause(keyed)}`);
  return `${phase.keyed[0]?.with ?? ''} ${keys.join(' union all ')}`;
}

/** Of each table as many blocks as it has a share of the rows. */
async function ofSample(session: Session, phase: Phase, rows: readonly number[], batches: number) {
  const total = rows.reduce((sum, count) => sum + count, 0);
  const blocks = Math.min(MOST_BLOCKS, batches * BLOCKS_PER_BATCH);
  const keys: string[] = [];
  for (const [index, keyed] of phase.keyed.entries()) {
    const share = (rows[index] ?? 0) / total;
    const there = await blocksOf(session, keyed);
    const step = Math.max(1, Math.floor(there / Math.max(1, blocks * share)));
    keys.push(`(${selectiveKeys(keyed, wantedSample(there, step))})`);
  }
  // As for all selective queries; but this transaction has other ones to run.
  await session.execute('set local enable_nestloop = off');
  const found = await session.query(quantiles(keys.join(' union all ')), [batches]);
  await session.execute('set local enable_nestloop to default');
  return found;
}

/** Blocks of a table; of the largest one of its partitions. */
async function blocksOf(session: Session, { source }: KeyedSource): Promise<number> {
  const { blocks } = await session.one(
    `select (greatest(pg_relation_size($1::text::oid), (select max(pg_relation_size(relid)) from pg_partition_tree($1::text::oid)))
       / current_setting('block_size')::bigint)::text as blocks`,
    [source.table.oid],
  );
  return Number(blocks);
}
