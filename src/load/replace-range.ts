import type { RowLog } from '../copy-text/row-log.js';
import { generatedName, ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { KeyRange } from '../keys/key-range.js';
import type { BatchRows } from './batch-rows.js';
import { copyRows } from './copy-rows.js';
import type { Target, Targets } from './targets.js';

/**
 * Makes the rows of a key range be exactly the given ones, and writes only what differs: what is equal is not
 * touched, so re-running an unchanged range writes nothing. Rows are compared as they are stored, byte for byte.
 *
 * @returns rows inserted, updated and deleted
 */
export async function replaceRange(
  session: Session,
  targets: Targets,
  range: KeyRange,
  rows: BatchRows,
): Promise<number> {
  const unified = await stageRows(session, targets.unified, rows.log('unified'));
  const folded = await stageRows(session, targets.folded, rows.log('folded'));
  // Folded rows point to unified ones; both are replaced before anyone can look.
  return (
    (await replaceUnified(session, targets.unified, unified, range)) +
    (await replaceFolded(session, targets.folded, folded, range))
  );
}

/** Copies rows into a temporary table that ends with the transaction; gives its name. */
export async function stageRows(session: Session, target: Target, log: RowLog): Promise<string> {
  const name = `pg_temp.${ident(generatedName('drydock_stage', target.name))}`;
  await session.execute(`create temp table ${name} (like ${target.qualified}) on commit drop`);
  await copyRows(session, target, log, name);
  await session.execute(`analyze ${name}`);
  return name;
}

async function replaceUnified(
  session: Session,
  target: Target,
  staged: string,
  range: KeyRange,
): Promise<number> {
  const columns = target.table.copied;
  const row = (alias: string) => `row(${columns.map((column) => `${alias}.${column}`).join(', ')})::record`;
  const inRange = range.condition('t.merge_key');
  const deleted = await session.execute(
    `delete from ${target.qualified} t where ${inRange} and not exists (select from ${staged} s where s.id = t.id)`,
  );
  const updated = await session.execute(
    `update ${target.qualified} t set (${columns.join(', ')}) = ${row('s')} from ${staged} s where s.id = t.id and ${row('t')} *<> ${row('s')}`,
  );
  const inserted = await session.execute(
    `insert into ${target.qualified} (${columns.join(', ')}) select ${columns.map((column) => `s.${column}`).join(', ')} from ${staged} s where not exists (select from ${target.qualified} t where t.id = s.id)`,
  );
  return deleted + updated + inserted;
}

/** Folded rows have no key of their own (a dlt table may hold one row twice), so they are compared as a multiset. */
async function replaceFolded(
  session: Session,
  target: Target,
  staged: string,
  range: KeyRange,
): Promise<number> {
  const columns = target.table.copied.join(', ');
  const inRange = range.condition('t.merge_key');
  const stored = `select row(${columns})::text from ${target.qualified} t where ${inRange}`;
  const wanted = `select row(${columns})::text from ${staged} t`;
  const { different } = await session.one(
    `select (exists ((${stored}) except all (${wanted})) or exists ((${wanted}) except all (${stored})))::text as different`,
  );
  if (different !== 'true') return 0;
  const deleted = await session.execute(`delete from ${target.qualified} t where ${inRange}`);
  const inserted = await session.execute(
    `insert into ${target.qualified} (${columns}) select ${columns} from ${staged} t`,
  );
  return deleted + inserted;
}
