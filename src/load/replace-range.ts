import type { RowLog } from '../copy-binary/row-log.js';
import { generatedName, ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { KeyScope } from '../mapping/keyed-source.js';
import type { Target, Targets } from '../mapping/targets.js';
import type { BatchRows } from './batch-rows.js';
import { copyRows } from './copy-rows.js';
import { rowsDiffer, rowText } from './row-difference.js';

const WORTH_COUNTING = 500;

/** What replacing a range did. */
export interface Replacement {
  /** Rows inserted, updated and deleted. */
  readonly written: number;
  /**
   * Null: there is none. A temporary table with the `id` of every unified row that came or went, or that rows were folded into or are no
   * longer, and of every folded row that came or went: what later phases key their rows by. Empty when the
   * transaction ends.
   */
  readonly moved: string | null;
}

/** How rows of other phases hang on the rows of this one. */
export interface Neighbours {
  /** Columns that are emptied where the row that they name goes, before a cascade takes their rows along. */
  readonly links?: readonly Link[];
  /** Quoted columns of the table of folded rows that hold the ids by which they are named. */
  readonly names?: readonly string[];
  /** Statements to begin with, which cost no message of their own. */
  readonly first?: readonly string[];
}

/** A column of another table of ours that names unified rows. */
export interface Link {
  /** Quoted. */
  readonly table: string;
  readonly column: string;
}

/**
 * Makes the rows of a key range, or of a set of keys, be exactly the given ones, and writes only what differs: what is
 * equal is not touched, so re-running an unchanged range writes nothing. Rows are compared as they are stored, byte
 * for byte.
 */
export async function replaceRange(
  session: Session,
  targets: Targets,
  scope: KeyScope,
  rows: BatchRows,
  { links = [], names = [], first = [] }: Neighbours = {},
): Promise<Replacement> {
  const [moved, going] = [emptyTable('drydock_moved', 'id uuid'), emptyTable('drydock_going', 'id uuid')];
  const unified = stageOf(targets.unified, 'checked');
  const folded = stageOf(targets.folded, 'checked');
  await session.executeAll([...first, ...[moved, going, unified, folded].map(({ made }) => made)]);
  await fillStage(session, targets.unified, rows.log('unified'), unified.name);
  await fillStage(session, targets.folded, rows.log('folded'), folded.name);
  const staging: Staging = { scope, moved: moved.name, going: going.name };
  // Folded rows point to unified ones; both are replaced before anyone can look.
  const ours = await replaceUnified(session, targets.unified, unified.name, { ...staging, links });
  const duplicates = await replaceFolded(session, targets, folded.name, { ...staging, names });
  return {
    written: ours.written + duplicates.written,
    moved: ours.moved + duplicates.moved > 0 ? moved.name : null,
  };
}

/** Where what is replaced is worked out. */
interface Staging {
  readonly scope: KeyScope;
  /** Takes up the ids of rows that come and go. */
  readonly moved: string;
  readonly going: string;
}

/** Rows of a table that were inserted, updated and deleted, and ids that were taken up as moved. */
interface Written {
  readonly written: number;
  readonly moved: number;
}

/** A temporary table that is made once in a session and empties itself with every transaction. */
interface EmptyTable {
  readonly name: string;
  /** Statements that make it, and empty it where it is there. */
  readonly made: string;
}

function emptyTable(table: string, columns: string): EmptyTable {
  const name = `pg_temp.${ident(table)}`;
  return {
    name,
    made: `create temp table if not exists ${ident(table)} (${columns}) on commit delete rows; delete from ${name}`,
  };
}

function stageOf(target: Target, checked: 'checked' | 'unchecked'): EmptyTable {
  return emptyTable(
    generatedName(checked === 'checked' ? 'drydock_stage' : 'drydock_again', target.name),
    `like ${target.qualified}${checked === 'checked' ? ' including constraints' : ''}`,
  );
}

async function fillStage(session: Session, target: Target, log: RowLog, stage: string): Promise<void> {
  await copyRows(session, target, log, stage);
  // The planner wants to know how many rows there are, unless they are few; of wide columns every value would be read.
  if (log.rows > WORTH_COUNTING) await session.execute(`analyze ${stage} (merge_key)`);
}

/**
 * Copies rows into a temporary table, where they stay as long as the transaction; gives its name.
 *
 * @param checked whether the table's own checks hold for it: then COPY tells which row breaks one
 */
export async function stageRows(
  session: Session,
  target: Target,
  log: RowLog,
  checked: 'checked' | 'unchecked',
): Promise<string> {
  const { name, made } = stageOf(target, checked);
  await session.execute(made);
  await fillStage(session, target, log, name);
  return name;
}

async function replaceUnified(
  session: Session,
  target: Target,
  staged: string,
  { scope, moved, going, links }: Staging & Required<Pick<Neighbours, 'links'>>,
): Promise<Written> {
  const columns = target.table.copied.join(', ');
  const fields = (alias: string) => target.table.copied.map((column) => `${alias}.${column}`).join(', ');
  const goes = await session.execute(
    `insert into ${going} select t.id from ${target.qualified} t where ${scope.condition('t.merge_key')} and not exists (select from ${staged} s where s.id = t.id)`,
  );
  const booked = (change: string) =>
    `with d as (${change} returning id) insert into ${moved} select id from d`;
  const gone = `in (select g.id from ${going} g)`;
  for (const { table, column } of goes === 0 ? [] : links) {
    await session.execute(`update ${table} l set ${ident(column)} = null where l.${ident(column)} ${gone}`);
  }
  // Asked again, because a lane beside this one may just have taken the row over to a key of its own.
  const still = `t.id ${gone} and ${scope.condition('t.merge_key')}`;
  const deleted =
    goes === 0 ? 0 : await session.execute(booked(`delete from ${target.qualified} t where ${still}`));
  const updated = await session.execute(
    `update ${target.qualified} t set (${columns}) = row(${fields('s')}) from ${staged} s where s.id = t.id and ${rowsDiffer(target.table, 't', 's')}`,
  );
  const inserted = await session.execute(
    booked(
      `insert into ${target.qualified} (${columns}) select ${fields('s')} from ${staged} s where not exists (select from ${target.qualified} t where t.id = s.id)`,
    ),
  );
  return { written: deleted + updated + inserted, moved: deleted + inserted };
}

/** Folded rows have no key of their own (a dlt table may hold one row twice), so they are compared as a multiset. */
async function replaceFolded(
  session: Session,
  targets: Targets,
  staged: string,
  { scope, moved, names }: Staging & Required<Pick<Neighbours, 'names'>>,
): Promise<Written> {
  const target = targets.folded;
  const { link } = targets;
  const columns = target.table.copied.join(', ');
  const inRange = scope.condition('t.merge_key');
  const row = `${link.folded} as link, array[${names.join(', ')}]::uuid[] as ids, ${rowText(target.table)}`;
  // The key itself where no row has it any more: each difference is counted.
  const belongsTo =
    link.unified === 'id'
      ? 'd.link'
      : `coalesce((select u.id from ${targets.unified.qualified} u where u.${link.unified} = d.link), d.link)`;
  const stored = `select ${row} from ${target.qualified} t where ${inRange}`;
  const wanted = `select ${row} from ${staged} t`;
  const different = await session.execute(
    `insert into ${moved} select i.id from ((${stored} except all ${wanted}) union all (${wanted} except all ${stored})) d
       cross join lateral unnest(${belongsTo} || d.ids) i (id) where i.id is not null`,
  );
  if (different === 0) return { written: 0, moved: 0 };
  const deleted = await session.execute(`delete from ${target.qualified} t where ${inRange}`);
  const inserted = await session.execute(
    `insert into ${target.qualified} (${columns}) select ${columns} from ${staged} t`,
  );
  return { written: deleted + inserted, moved: different };
}
