import type { Session } from '../db/session.js';
import { SCRATCH } from '../mapping/scratch.js';
import { AGE, type Backlog } from './backlog.js';

/** Puts entries of the queue into the scratch table; one that says the same as another tells nothing. */
const intoScratch = (entries: string) =>
  `insert into ${SCRATCH.taken} (source, raw, merge_key) select distinct source, raw, merge_key from ${entries}`;

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
     ), taken as (${intoScratch('gone')})
     select count(*) as changes, ${AGE} as lag from gone`,
    [phaseId],
  );
  return { changes: Number(row.changes), lagSeconds: Math.max(0, Number(row.lag)) };
}

/** So many entries of the queue are looked through for those that a portion has worked out anyway. */
const LOOKED_THROUGH = 100_000;

/**
 * Takes off the queue what else is in it about the rows and keys that the changes taken have led to, and puts it into the
 * scratch table in their place: it is computed anyway, and would be a second time when those changes have their turn.
 * Gives its number.
 */
export async function takeCompanions(session: Session, phaseId: number): Promise<number> {
  await session.execute(`delete from ${SCRATCH.taken}`);
  const waiting = `select c.ctid, c.source, c.raw[1] as raw, c.merge_key from drydock.changes c where c.phase_id = $1::int limit ${LOOKED_THROUGH}`;
  const { n } = await session.one(
    `with waiting as materialized (${waiting}), found as (
       select w.ctid from waiting w where w.merge_key in (select k.merge_key from ${SCRATCH.keys} k)
       union all select w.ctid from waiting w where (w.source, w.raw) in (select k.source, coalesce(k.raw, k.id::text) from ${SCRATCH.rows} k)
     ), companions as (
       delete from drydock.changes where ctid = any (array(select f.ctid from found f)) returning source, raw, merge_key
     ), taken as (${intoScratch('companions')})
     select count(*) as n from companions`,
    [phaseId],
  );
  return Number(n);
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
    `with seen as (select source, raw, merge_key from drydock.changes where phase_id = $1::int), taken as (${intoScratch('seen')})
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
