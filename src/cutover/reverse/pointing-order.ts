import type { Session } from '../../db/session.js';
import { oidArray } from '../preflight/findings.js';
import type { LegacySide } from './legacy-columns.js';

/** Sources in the order in which rows of theirs can be inserted one after the other; deleted they are the other way round. */
export interface PointingOrder {
  readonly sides: readonly LegacySide[];
  /** Whether any of them names rows of these tables by a foreign key. */
  readonly hasKeys: boolean;
}

/**
 * Puts what foreign keys name before what names it: a legacy table may refuse a row before the one that it names, and to part
 * with one before what names it. Those that name each other keep their order.
 */
export async function inPointingOrder(
  session: Session,
  sides: readonly LegacySide[],
): Promise<PointingOrder> {
  const rows = await session.query(
    `select c.conrelid::text as pointing, c.confrelid::text as pointed from pg_constraint c
     where c.contype = 'f' and c.conparentid = 0 and c.conrelid = any ($1::text::oid[]) and c.confrelid = any ($1::text::oid[])`,
    [oidArray(sides.map(({ source }) => source.table))],
  );
  const ordered: LegacySide[] = [];
  const begun = new Set<LegacySide>();
  const visit = (side: LegacySide): void => {
    if (begun.has(side)) return;
    begun.add(side);
    const pointed = rows.filter(({ pointing }) => pointing === side.source.table.oid);
    for (const other of sides)
      if (pointed.some((row) => row.pointed === other.source.table.oid)) visit(other);
    ordered.push(side);
  };
  for (const side of sides) visit(side);
  return { sides: ordered, hasKeys: rows.length > 0 };
}
