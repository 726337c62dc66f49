import type { Session } from '../db/session.js';

/** A legacy table that reports its changes to a phase. */
export interface Capture {
  readonly source: string;
  readonly tableOid: string;
  readonly functionName: string;
}

export async function readCaptures(session: Session, phaseId: number): Promise<Capture[]> {
  const rows = await session.query(
    'select source, table_oid::text as oid, function_name from drydock.captures where phase_id = $1::int order by source',
    [phaseId],
  );
  return rows.map((row) => ({
    source: String(row.source),
    tableOid: String(row.oid),
    functionName: String(row.function_name),
  }));
}

/** Enters that a table reports to a phase from now on. */
export async function enterCapture(session: Session, phaseId: number, capture: Capture): Promise<void> {
  await session.execute(
    `insert into drydock.captures (phase_id, source, table_oid, function_name)
     values ($1::int, $2::text, $3::text::oid, $4::text)
     on conflict (phase_id, source) do update
     set table_oid = excluded.table_oid, function_name = excluded.function_name, started_at = clock_timestamp()`,
    [phaseId, capture.source, capture.tableOid, capture.functionName],
  );
}

/**
 * Enters that nothing reports to a phase any more, and forgets what was reported. Gives the functions that serve no
 * other phase, each with its table as it is called now.
 */
export async function endCaptures(
  session: Session,
  phaseId: number,
): Promise<{ readonly functionName: string; readonly table: string }[]> {
  const rows = await session.query(
    `with gone as (delete from drydock.captures where phase_id = $1::int returning source, table_oid, function_name)
     select function_name, table_oid::regclass::text as table from gone g
     where not exists (select from drydock.captures c where c.phase_id <> $1::int and c.function_name = g.function_name)
     order by source`,
    [phaseId],
  );
  await session.execute('delete from drydock.changes where phase_id = $1::int', [phaseId]);
  return rows.map((row) => ({ functionName: String(row.function_name), table: String(row.table) }));
}
