import type { RowLog } from '../copy-binary/row-log.js';
import { generatedName, ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { KeyRange } from '../keys/key-range.js';
import type { Target, Targets } from '../mapping/targets.js';
import type { BatchRows } from './batch-rows.js';
import { copyRows } from './copy-rows.js';

/** What replacing a range did. */
export interface Replacement {
  /** Rows inserted, updated and deleted. */
  readonly written: number;
  /**
   * A temporary table with the `id` of every unified row that came or went, or that rows were folded into or are
   * no longer: what later phases key their rows by. Ends with the transaction.
   */
  readonly moved: string;
}

/**
 * Makes the rows of a key range be exactly the given ones, and writes only what differs: what is equal is not
 * touched, so re-running an unchanged range writes nothing. Rows are compared as they are stored, byte for byte.
 */
export async function replaceRange(
  session: Session,
  targets: Targets,
  range: KeyRange,
  rows: BatchRows,
): Promise<Replacement> {
  const moved = `pg_temp.${ident('drydock_moved')}`;
  await session.execute(`create temp table ${moved} (id uuid) on commit drop`);
  const unified = await stageRows(session, targets.unified, rows.log('unified'), 'checked');
  const folded = await stageRows(session, targets.folded, rows.log('folded'), 'checked');
  // Folded rows point to unified ones; both are replaced before anyone can look.
  const written =
    (await replaceUnified(session, targets.unified, unified, range, moved)) +
    (await replaceFolded(session, targets.folded, folded, range, moved));
  return { written, moved };
}

/**
 * Copies rows into a temporary table that ends with the transaction; gives its name.
 *
 * @param checked whether the table's own checks hold for it: then COPY tells which row breaks one
 */
export async function stageRows(
  session: Session,
  target: Target,
  log: RowLog,
  checked: 'checked' | 'unchecked',
): Promise<string> {
  const name = `pg_temp.${ident(generatedName('drydock_stage', target.name))}`;
  const like = `like ${target.qualified}${checked === 'checked' ? ' including constraints' : ''}`;
  await session.execute(`create temp table ${name} (${like}) on commit drop`);
  await copyRows(session, target, log, name);
  // The planner wants to know how many rows there are; of wide columns every value would be read.
  await session.execute(`analyze ${name} (merge_key)`);
  return name;
}

async function replaceUnified(
  session: Session,
  target: Target,
  staged: string,
  range: KeyRange,
  moved: string,
): Promise<number> {
  const columns = target.table.copied.join(', ');
  const fields = (alias: string) => target.table.copied.map((column) => `${alias}.${column}`).join(', ');
  const inRange = range.condition('t.merge_key');
  const booked = (change: string) =>
    `with d as (${change} returning id) insert into ${moved} select id from d`;
  const deleted = await session.execute(
    booked(
      `delete from ${target.qualified} t where ${inRange} and not exists (select from ${staged} s where s.id = t.id)`,
    ),
  );
  const updated = await session.execute(
    `update ${target.qualified} t set (${columns}) = row(${fields('s')}) from ${staged} s where s.id = t.id and row(${fields('t')})::record *<> row(${fields('s')})::record`,
  );
  const inserted = await session.execute(
    booked(
      `insert into ${target.qualified} (${columns}) select ${fields('s')} from ${staged} s where not exists (select from ${target.qualified} t where t.id = s.id)`,
    ),
  );
  return deleted + updated + inserted;
}

/** Folded rows have no key of their own (a dlt table may hold one row twice), so they are compared as a multiset. */
async function replaceFolded(
  session: Session,
  target: Target,
  staged: string,
  range: KeyRange,
  moved: string,
): Promise<number> {
  const columns = target.table.copied.join(', ');
  const inRange = range.condition('t.merge_key');
  const stored = `select unified_id, row(${columns})::text from ${target.qualified} t where ${inRange}`;
  const wanted = `select unified_id, row(${columns})::text from ${staged} t`;
  const different = await session.execute(
    `insert into ${moved} select unified_id from ((${stored} except all ${wanted}) union all (${wanted} except all ${stored})) d`,
  );
  if (different === 0) return 0;
  const deleted = await session.execute(`delete from ${target.qualified} t where ${inRange}`);
  const inserted = await session.execute(
    `insert into ${target.qualified} (${columns}) select ${columns} from ${staged} t`,
  );
  return deleted + inserted;
}
