import { isArmed } from '../../capture/triggers.js';
import type { CaptureFigures } from '../../reports/monitor.js';
import { numberOr, type ProbeContext } from './probe.js';

/** From the catalog alone; a table that is gone has no triggers either. Partitions and children report for themselves. */
const SILENT = `
with recursive captured (source, function_name, oid) as (
  select c.source, c.function_name, c.table_oid from drydock.captures c join drydock.phases p on p.id = c.phase_id where p.schema_name = $1::text
  union
  select d.source, d.function_name, i.inhrelid from captured d join pg_inherits i on i.inhparent = d.oid
)
select distinct coalesce(r.oid::regclass::text, d.source) as name from captured d left join pg_class r on r.oid = d.oid
where not ${isArmed('d.oid', 'd.function_name')} order by 1`;

/** Changes that triggers caught and that are not applied yet; null where nothing is captured. */
export async function readCapture({ session, schema }: ProbeContext): Promise<CaptureFigures | null> {
  const { there } = await session.one(`select to_regclass('drydock.changes')::text as there`);
  if (there === null) return null;
  const row = await session.one(
    `select (select count(*) from drydock.captures c join drydock.phases p on p.id = c.phase_id where p.schema_name = $1::text) as captured,
       (select count(*) from pg_stat_activity where datname = current_database() and application_name like 'drydock sync %') as followers,
       count(*) as backlog, case when count(*) > 0 then greatest(0, extract(epoch from clock_timestamp() - min(c.written_at))) end as lag
     from drydock.changes c where c.phase_id in (select id from drydock.phases where schema_name = $1::text)`,
    [schema],
  );
  if (row.captured === '0') return null;
  const silent = await session.query(SILENT, [schema]);
  return {
    silent: silent.map(({ name }) => String(name)),
    followed: row.followers !== '0',
    backlog: Number(row.backlog),
    lagSeconds: numberOr(row.lag, null),
  };
}
