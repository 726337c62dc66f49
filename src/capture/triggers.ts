import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import { columnOf } from '../legacy/catalog.js';
import { EVENT_NAMES, EVENTS, type Event, isArmed, MOVED, TRIGGER_NAMES, triggerName } from './armed.js';
import type { WatchedTable } from './watched.js';

/** Told to the function by an update trigger that names no old rows, because those that count have a trigger of their own. */
const NEW_ROWS_ONLY = 'new rows only';

/** The function that records the changes of one table; its name outlasts a new one of the table or its schema. */
export function functionName({ table }: Pick<WatchedTable, 'table'>): string {
  return `capture_${table.name}_${table.oid}`;
}

/**
 * Makes the function. It runs as its owner, because writers may not look into our schema, and takes no name from
 * theirs. It records raw values and resolves nothing: a writer pays for one insert per statement, and what a value
 * means may have changed until it is looked at.
 */
export async function createFunction(session: Session, watched: WatchedTable): Promise<void> {
  const { table, columns } = watched;
  const name = qualified(LEDGER_SCHEMA, functionName(watched));
  const record = (operation: string, rows: string) =>
    `insert into drydock.changes (phase_id, source, operation, raw) ` +
    `select c.phase_id, ${literal(table.name)}, '${operation}', r.raw from drydock.captures c cross join (${rows}) r ` +
    `where c.table_oid = ${literal(table.oid)}::pg_catalog.oid;`;
  const texts = (row: string) => columns.map((column) => asText(watched, column, row)).join(', ');
  const raw = (relation: string) => `select array[${texts('x')}] as raw from ${relation} x`;
  const body = `
begin
  if tg_level = 'ROW' then
    ${record('update', `select array[${texts('old')}] as raw`)}
  elsif tg_op = 'UPDATE' and tg_nargs > 0 then
    ${record('update', raw('new_rows'))}
  elsif tg_op = 'UPDATE' then
    ${record('update', `${raw('old_rows')} union ${raw('new_rows')}`)}
  elsif tg_op = 'INSERT' then
    ${record('insert', raw('new_rows'))}
  elsif tg_op = 'DELETE' then
    ${record('delete', raw('old_rows'))}
  else
    ${record('truncate', 'select null::pg_catalog.text[] as raw')}
  end if;
  return null;
end`;
  await session.execute(
    `create or replace function ${name}() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as ${literal(body)}`,
  );
  await session.execute(`revoke all on function ${name}() from public`);
}

/** A cast to text may be code of whoever owns the type, and would run with our rights; what prints a value is the server's. */
function asText({ table }: WatchedTable, column: string, row: string): string {
  const value = `${row}.${ident(column)}`;
  return columnOf(table, column)?.type.kind.startsWith('other.') === true
    ? `case when ${value} is not null then pg_catalog.format('%s', ${value}) end`
    : `${value}::pg_catalog.text`;
}

/** Puts the triggers on one relation, where they are missing or switched off. */
export async function createTriggers(
  session: Session,
  watched: WatchedTable,
  relation: Relation,
): Promise<void> {
  const target = qualified(relation.schema, relation.name);
  // Not all of them are made again where a table has got a child.
  const dropped = TRIGGER_NAMES.map((name) => `drop trigger if exists ${ident(name)} on ${target}`);
  await session.execute(dropped.join('; '));
  for (const [event, definition] of triggersOf(watched, relation, target)) {
    const name = ident(triggerName(event));
    await session.execute(
      `create trigger ${name} after ${definition}; alter table ${target} enable always trigger ${name}`,
    );
  }
}

/**
 * An update hardly ever changes the values that are recorded, and to find out by its old and new rows together costs
 * its writer as much again as to record the new ones. So the new ones are recorded, and a trigger for rows adds the old
 * values where they are others; its condition is looked at without a call. A row that goes from one partition
 * to another is no update to triggers for rows, and those of a parent do not see a child's: such tables are asked for both.
 */
function triggersOf(watched: WatchedTable, { alone }: Relation, target: string) {
  const call = (argument = '') =>
    `execute function ${qualified(LEDGER_SCHEMA, functionName(watched))}(${argument})`;
  const whole = (event: Event) =>
    [event, `${event} on ${target} ${EVENTS[event]} for each statement ${call()}`] as const;
  if (!alone) return EVENT_NAMES.map(whole);
  const text = (row: string, column: string) =>
    `${row}.${ident(column)}::pg_catalog.text collate pg_catalog."C"`;
  const others = watched.columns.map(
    (column) => `${text('old', column)} is distinct from ${text('new', column)}`,
  );
  return [
    ...EVENT_NAMES.filter((event) => event !== 'update').map(whole),
    [
      'update',
      `update on ${target} referencing new table as new_rows for each statement ${call(literal(NEW_ROWS_ONLY))}`,
    ],
    [MOVED, `update on ${target} for each row when (${others.join(' or ')}) ${call()}`],
  ] as const;
}

/** A table that takes statements of its own: the watched one, or one of its partitions or children. */
export interface Relation {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** Neither partitioned nor a partition, without parent and children. */
  readonly alone: boolean;
  /** Triggers of ours that are there, and fire in every session. */
  readonly armed: boolean;
}

/**
 * The table itself and all that hang below it: a statement that names a partition fires only that one's triggers,
 * one that names the whole table only the whole table's, with the rows of all partitions.
 *
 * @param calls - the function that its triggers call; another one in a copy of the database
 */
export async function relationsOf(
  session: Session,
  watched: WatchedTable,
  calls = functionName(watched),
): Promise<Relation[]> {
  const rows = await session.query(
    `with recursive below (oid) as (
       select $1::text::oid union select i.inhrelid from pg_inherits i join below b on b.oid = i.inhparent
     )
     select c.oid::text as oid, n.nspname as schema, c.relname as name,
       (c.relkind = 'r' and not exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)))::text as alone, ${isArmed('c.oid', '$2::text')}::text as armed
     from below b join pg_class c on c.oid = b.oid join pg_namespace n on n.oid = c.relnamespace order by c.oid`,
    [watched.table.oid, calls],
  );
  return rows.map((row) => ({
    oid: String(row.oid),
    schema: String(row.schema),
    name: String(row.name),
    alone: row.alone === 'true',
    armed: row.armed === 'true',
  }));
}

/** Takes a function of ours away, and every trigger that calls it, wherever its table is by now. */
export async function dropFunction(session: Session, name: string): Promise<void> {
  const called = qualified(LEDGER_SCHEMA, name);
  const triggers = await session.query(
    `select t.tgname as name, n.nspname as schema, c.relname as relation
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where t.tgfoid = to_regproc($1::text)::oid and not t.tgisinternal and t.tgparentid = 0`,
    [called],
  );
  for (const { name: trigger, schema, relation } of triggers) {
    await session.execute(
      `drop trigger ${ident(String(trigger))} on ${qualified(String(schema), String(relation))}`,
    );
  }
  await session.execute(`drop function if exists ${called}()`);
}
