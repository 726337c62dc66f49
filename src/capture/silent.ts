import type { Session } from '../db/session.js';
import { isArmed } from './armed.js';

/**
 * From the ledger and the catalog alone. A table that is gone has no triggers; a partition or a child counts as the table
 * that it belongs to. A table that a phase was planned with and that was never captured does not report either.
 */
const SILENT = `
with recursive phase as (select id, config from drydock.phases where schema_name = $1::text and ($2::text is null or phase = $2::text)),
captured (source, function_name, top, oid) as (
  select c.source, c.function_name, c.table_oid, c.table_oid from drydock.captures c join phase on phase.id = c.phase_id
  union
  select d.source, d.function_name, d.top, i.inhrelid from captured d join pg_inherits i on i.inhparent = d.oid
),
planned (phase_id, source, schema) as (
  select phase.id, t.key, t.value ->> 'schema' from phase cross join jsonb_each(phase.config -> 'tables') t
)
select coalesce(r.oid::regclass::text, d.source) as name from captured d left join pg_class r on r.oid = d.top
where not ${isArmed('d.oid', 'd.function_name')}
union
select p.schema || '.' || p.source from planned p
where exists (select from drydock.captures c where c.phase_id = p.phase_id)
  and not exists (select from drydock.captures c where c.phase_id = p.phase_id and c.source = p.source)
order by 1`;

/**
 * The tables that do not report their changes, of those that do by the ledger: of a schema, or of one of its phases.
 *
 * @param phase its name; null: all of them
 */
export async function readSilent(session: Session, schema: string, phase: string | null): Promise<string[]> {
  const rows = await session.query(SILENT, [schema, phase]);
  return rows.map(({ name }) => String(name));
}
