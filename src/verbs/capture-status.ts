import { readSilent } from '../capture/silent.js';
import type { OpenLedger } from '../context/open-ledger.js';
import { readBacklog } from '../ledger/backlog.js';
import type { PhaseEntry } from '../ledger/phases.js';
import type { CaptureStatus } from '../reports/status.js';

/** What a phase knows of the changes of its legacy tables; null: they are not captured. */
export async function captureStatus(
  { session, schema }: Pick<OpenLedger, 'session' | 'schema'>,
  entry: PhaseEntry,
): Promise<CaptureStatus | null> {
  const rows = await session.query(
    `select (select c.table_oid::regclass::text from pg_class r where r.oid = c.table_oid and r.relname = c.source) as table, c.source, started_at::timestamptz(0)::text as since
     from drydock.captures c where phase_id = $1::int order by source`,
    [entry.id],
  );
  if (rows.length === 0) return null;
  const { changes, lagSeconds } = await readBacklog(session, entry.id);
  return {
    // In a copy that is not adopted yet the oid is nobody's, or another table's.
    tables: rows.map((row) => String(row.table ?? row.source)),
    since: rows.map((row) => String(row.since)).reduce((a, b) => (a > b ? a : b)),
    silent: await readSilent(session, schema, entry.phase),
    backlog: changes,
    lagSeconds,
  };
}
