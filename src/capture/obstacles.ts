import type { Session } from '../db/session.js';
import type { Phase } from '../mapping/phase.js';
import { watchedTables } from './watched.js';

/** What keeps a table's changes from being captured, and what would escape the capture. */
export interface Obstacles {
  /** Sentences; none: capture is possible. */
  readonly missing: readonly string[];
  /** Sentences about changes that would go unseen. */
  readonly blindSpots: readonly string[];
}

/** Looks for them without writing anything. */
export async function findObstacles(session: Session, phase: Phase): Promise<Obstacles> {
  const missing: string[] = [];
  const blindSpots: string[] = [];
  for (const { table } of watchedTables(phase)) {
    const name = `${table.schema}.${table.name}`;
    const found = await session.one(
      `select pg_has_role(c.relowner, 'usage')::text as owns, current_user as me, pg_get_userbyid(c.relowner) as owner,
         exists (select from pg_subscription_rel s where s.srrelid = c.oid)::text as subscribed,
         (c.relkind = 'p' or exists (select from pg_inherits i where i.inhparent = c.oid))::text as has_children
       from pg_class c where c.oid = $1::text::oid`,
      [table.oid],
    );
    if (found.owns !== 'true')
      missing.push(
        `User "${found.me}" may not put triggers on ${name}: that takes its owner, "${found.owner}", or a member that inherits its rights.`,
      );
    if (found.subscribed === 'true')
      blindSpots.push(
        `Table ${name} receives rows by logical replication, which fires no statement triggers: they are not captured.`,
      );
    if (found.has_children === 'true')
      blindSpots.push(
        `Table ${name} has partitions or children: one that is attached or detached later is not captured.`,
      );
  }
  return { missing, blindSpots };
}
