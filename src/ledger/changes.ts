import type { Session } from '../db/session.js';
import { SCRATCH } from '../mapping/scratch.js';

/** How much of a phase's queue is left. */
export interface Backlog {
  readonly changes: number;
  /** Age of the oldest change, in seconds; 0 without any. */
  readonly lagSeconds: number;
}

const AGE = `coalesce(extract(epoch from clock_timestamp() - min(written_at)), 0)::float8`;

export async function readBacklog(session: Session, phaseId: number): Promise<Backlog> {
  const row = await session.one(
    `select count(*) as changes, ${AGE} as lag from drydock.changes where phase_id = $1::int`,
    [phaseId],
  );
  return { changes: Number(row.changes), lagSeconds: Math.max(0, Number(row.lag)) };
}

/**
 * Takes changes off the queue, into the scratch table, by deleting what is seen: the order in which they were numbered
 * or timed says nothing about the order in which writers commit.
 *
 * @param most rows to take; null: all that are seen
 */
export async function takeChanges(session: Session, phaseId: number, most: number | null): Promise<Backlog> {
  const seen =
    most === null
      ? 'phase_id = $1::int'
      : `ctid = any (array(select c.ctid from drydock.changes c where c.phase_id = $1::int limit ${most}))`;
  const row = await session.one(
    `with gone as (
       delete from drydock.changes where ${seen} returning source, raw, merge_key, written_at
     ), taken as (
       insert into ${SCRATCH.taken} (source, raw, merge_key) select distinct source, raw, merge_key from gone
     )
     select count(*) as changes, ${AGE} as lag from gone`,
    [phaseId],
  );
  return { changes: Number(row.changes), lagSeconds: Math.max(0, Number(row.lag)) };
}

/**
 * Clears the queue of what was taken off it: who takes the rest reads past all of that. Writers are not held up. Outside
 * of a transaction.
 */
export async function sweepQueue(session: Session): Promise<void> {
  await session.execute('vacuum (truncate false, skip_locked) drydock.changes');
}

/** Puts all changes of the queue into the scratch table and leaves them where they are; gives their number. */
export async function copyChanges(session: Session, phaseId: number): Promise<number> {
  const { n } = await session.one(
    `with seen as (select source, raw, merge_key from drydock.changes where phase_id = $1::int), taken as (
       insert into ${SCRATCH.taken} (source, raw, merge_key) select distinct source, raw, merge_key from seen
     )
     select count(*) as n from seen`,
    [phaseId],
  );
  return Number(n);
}

/** Enters merge keys as changed. @param keys a query that gives them */
export async function enqueueKeys(
  session: Session,
  phaseId: number,
  operation: string,
  keys: string,
): Promise<number> {
  return session.execute(
    `insert into drydock.changes (phase_id, operation, merge_key) select $1::int, $2::text, k.id from (${keys}) k (id)`,
    [phaseId, operation],
  );
}
