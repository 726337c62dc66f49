import { literal } from '../db/identifier.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';

/** What a trigger fires on. A transition table can be named for one event only, so each has its own trigger. */
export const EVENTS = {
  insert: 'referencing new table as new_rows',
  update: 'referencing old table as old_rows new table as new_rows',
  delete: 'referencing old table as old_rows',
  truncate: '',
} as const;

export type Event = keyof typeof EVENTS;

export const EVENT_NAMES = Object.keys(EVENTS) as Event[];

/** A trigger for rows whose watched values an update changes: see {@link triggersOf}. */
export const MOVED = 'moved';

export const triggerName = (event: Event | typeof MOVED) => `drydock_capture_${event}`;

export const TRIGGER_NAMES = ([...EVENT_NAMES, MOVED] as const).map(triggerName);

/**
 * SQL: whether a relation has all triggers of ours, each firing in every session.
 *
 * @param relation - expression for its oid
 * @param name - expression for the name of the function that they call
 */
export function isArmed(relation: string, name: string): string {
  const newOnly = `t.tgname = ${literal(triggerName('update'))} and t.tgoldtable is null`;
  const moved = `t.tgname = ${literal(triggerName(MOVED))}`;
  return `(
       select count(*) filter (where not ${moved}) = ${EVENT_NAMES.length} and count(*) filter (where ${moved}) = count(*) filter (where ${newOnly})
         and not coalesce(bool_or(${newOnly} and exists (select from pg_inherits i where t.tgrelid in (i.inhrelid, i.inhparent))), false)
       from pg_trigger t join pg_proc f on f.oid = t.tgfoid join pg_namespace fn on fn.oid = f.pronamespace
       where t.tgrelid = ${relation} and t.tgenabled = 'A' and t.tgname in (${TRIGGER_NAMES.map(literal).join(', ')})
         and fn.nspname = ${literal(LEDGER_SCHEMA)} and f.proname = ${name}
     )`;
}
