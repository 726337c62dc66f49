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

/** Memberships that do not let a member become the role came with this version. */
const SET_OPTION_SINCE = 160_000;

/** SQL: whether we may become a role, and have something belong to it. */
export function canBecome(role: string, serverVersion: number): string {
  return `pg_has_role(current_user, ${role}, '${serverVersion >= SET_OPTION_SINCE ? 'set' : 'member'}')`;
}

/** A table, some of whose code is to run as a role that we may not become. */
export interface OutOfReach {
  readonly table: string;
  readonly role: string;
  readonly me: string;
  /** What makes it possible. */
  readonly grant: string;
}

/** The tables whose executors we may not become. */
export async function outOfReach(
  session: Session,
  tables: readonly Pick<LegacyTable, 'oid'>[],
  serverVersion: number,
): Promise<OutOfReach[]> {
  const rows = await session.query(
    `select n.nspname || '.' || c.relname as table, pg_get_userbyid(c.relowner) as role, current_user as me,
       format('grant "%s" to "%s"', pg_get_userbyid(c.relowner), current_user) as granted
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.oid = any ($1::text::oid[]) and not ${isTrusted('c.relowner', ME)} and not ${canBecome('c.relowner', serverVersion)} order by 1`,
    [oidArray(tables)],
  );
  return rows.map(({ table, role, me, granted }) => ({
    table: String(table),
    role: String(role),
    me: String(me),
    grant: `${granted}${serverVersion >= SET_OPTION_SINCE ? ' with set true' : ''}`,
  }));
}
