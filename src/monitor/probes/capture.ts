import { readSilent } from '../../capture/silent.js';
import type { CaptureFigures } from '../../reports/monitor.js';
import { numberOr, type ProbeContext } from './probe.js';

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
  return {
    silent: await readSilent(session, schema, null),
    followed: row.followers !== '0',
    backlog: Number(row.backlog),
    lagSeconds: numberOr(row.lag, null),
  };
}
