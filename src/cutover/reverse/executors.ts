import type { Session } from '../../db/session.js';
import { isTrusted, ME } from '../../db/trusted-role.js';
import type { LegacyTable } from '../../legacy/detect.js';
import { oidArray } from '../preflight/findings.js';

/**
 * With whose rights that runs which a direct write has to do with a legacy table. Triggers, checks, defaults, index
 * expressions and types are code of the table's owner, who may change it at any time. So it is the owner who runs it;
 * ourselves only where the owner has all of our rights anyway.
 */
export interface Executor {
  readonly role: string;
  readonly isOurs: boolean;
}

/** The executors of some tables, by oid. */
export async function readExecutors(
  session: Session,
  tables: readonly Pick<LegacyTable, 'oid'>[],
): Promise<ReadonlyMap<string, Executor>> {
  const rows = await session.query(
    `select c.oid::text as oid, ${isTrusted('c.relowner', ME)}::text as is_ours,
       case when ${isTrusted('c.relowner', ME)} then current_user else pg_get_userbyid(c.relowner) end as role
     from pg_class c where c.oid = any ($1::text::oid[])`,
    [oidArray(tables)],
  );
  return new Map(
    rows.map((row) => [String(row.oid), { role: String(row.role), isOurs: row.is_ours === 'true' }]),
  );
}

/** The executor of a table that was there a moment ago. */
export function executorOf(
  executors: ReadonlyMap<string, Executor>,
  { oid }: Pick<LegacyTable, 'oid'>,
): Executor {
  const found = executors.get(oid);
  if (found === undefined) throw new Error(`the table with oid ${oid} is gone`);
  return found;
}
