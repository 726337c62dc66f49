import { ident, qualified } from '../db/identifier.js';
import type { Session, TextRow } from '../db/session.js';
import type { Batch } from '../ledger/batches.js';
import { fromClause, type KeyedSource, type KeyScope, tableOf } from '../mapping/keyed-source.js';
import { type Restoration, restoreQuery } from '../mapping/legacy-view.js';
import { viewName } from '../mapping/targets.js';
import type { SideHash } from '../reports/verify.js';
import { hashedRow, rowHashes } from './hash.js';

/** The two sides of one legacy table: the table itself, and what the unified tables give back. */
export interface Comparison {
  readonly keyed: KeyedSource;
  readonly restoration: Restoration;
  /** Schema of the legacy view. */
  readonly schema: string;
  /** Whether the view is there as it was made; without it the query that it is made of is compared. */
  readonly viewIsIntact: boolean;
  /** The keys to look at where rows are compared by key; null: all. */
  readonly scope: KeyScope | null;
}

export type SideName = 'legacy' | 'unified';

/** Hashes a whole side: the table, and the view itself, as anyone would read them. */
export async function hashSide(session: Session, comparison: Comparison, side: SideName): Promise<SideHash> {
  const { keyed, schema, viewIsIntact, restoration } = comparison;
  const view = viewIsIntact
    ? qualified(schema, viewName(keyed.source.rule.table))
    : `(${restoreQuery(restoration)})`;
  const from = side === 'legacy' ? tableOf(keyed.source) : view;
  const hashed = hashedRow(keyed.source.table.columns, 'r');
  const rows = `select ${hashed} as hashed from ${from} r offset 0`;
  return sideHash(await session.one(`select ${rowHashes('h.hashed')} from (${rows}) h`));
}

/**
 * Hashes a side per batch; batches without rows are not in the map.
 *
 * @param batches without gaps
 */
export async function hashBatches(
  session: Session,
  comparison: Comparison,
  side: SideName,
  batches: readonly Batch[],
): Promise<Map<number, SideHash>> {
  const [first, last] = [batches[0], batches.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const key = `r.${keyName(comparison)}`;
  const bounds = batches.slice(1).map((batch) => `'${batch.range.from}'`);
  const number =
    bounds.length === 0
      ? String(first.number)
      : `width_bucket(${key}, array[${bounds.join(', ')}]::uuid[]) + ${first.number}`;
  const hashed = hashedRow(comparison.keyed.source.table.columns, 'r');
  const rows = await session.query(
    `${withClause(comparison, side)} select h.batch, ${rowHashes('h.hashed')} from (
       select ${number} as batch, ${hashed} as hashed
       from (${keyedRows(comparison, side)}) r where ${first.range.spanTo(last.range).condition(key)} offset 0
     ) h group by 1`,
  );
  return new Map(rows.map((row) => [Number(row.batch), sideHash(row)]));
}

export function withClause(comparison: Comparison, side: SideName): string {
  return side === 'legacy' ? comparison.keyed.with : '';
}

/** A side's rows, each with its merge key in front, which is named as `keyName` says. */
export function keyedRows(comparison: Comparison, side: SideName): string {
  const { scope } = comparison;
  const rows = allRows(comparison, side);
  return scope === null
    ? rows
    : `select w.* from (${rows}) w where ${scope.condition(`w.${keyName(comparison)}`)}`;
}

function allRows(comparison: Comparison, side: SideName): string {
  const { keyed, restoration } = comparison;
  const name = keyName(comparison);
  if (side === 'unified') return restoreQuery(restoration, name);
  const columns = keyed.source.table.columns.map((column) => `, r.${ident(column.name)}`).join('');
  return `select ${keyed.key} as ${name}${columns} from ${fromClause(keyed)}`;
}

/** What the merge key is called beside the columns of a legacy table, which may have one of that name. */
export function keyName({ keyed }: Comparison): string {
  const taken = new Set(keyed.source.table.columns.map((column) => column.name));
  let name = 'merge_key';
  while (taken.has(name)) name += '_';
  return name;
}

function sideHash(row: TextRow): SideHash {
  return { rows: Number(row.rows), hash: `${row.hash1}:${row.hash2}` };
}

export function equalSides(a: SideHash, b: SideHash): boolean {
  return a.rows === b.rows && a.hash === b.hash;
}

export const NO_ROWS: SideHash = { rows: 0, hash: '0:0' };
