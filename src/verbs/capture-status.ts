import { silentTables } from '../capture/start.js';
import type { Context } from '../context/context.js';
import { readBacklog } from '../ledger/changes.js';
import type { PhaseEntry } from '../ledger/phases.js';
import { consolidationsOf } from '../project/project.js';
import type { CaptureStatus } from '../reports/status.js';

/** What a phase knows of the changes of its legacy tables; null: they are not captured. */
export async function captureStatus(context: Context, entry: PhaseEntry): Promise<CaptureStatus | null> {
  const { session, legacy, entries } = context;
  const rows = await session.query(
    `select (select c.table_oid::regclass::text from pg_class r where r.oid = c.table_oid and r.relname = c.source) as table, c.source, started_at::timestamptz(0)::text as since
     from drydock.captures c where phase_id = $1::int order by source`,
    [entry.id],
  );
  if (rows.length === 0) return null;
  const [definition] = consolidationsOf(context.project, [entry.phase]);
  const phase = definition?.bind(legacy, new Set(entries.keys()));
  const { changes, lagSeconds } = await readBacklog(session, entry.id);
  return {
    // In a copy that is not adopted yet the oid is nobody's, or another table's.
    tables: rows.map((row) => String(row.table ?? row.source)),
    since: rows.map((row) => String(row.since)).reduce((a, b) => (a > b ? a : b)),
    silent: phase === undefined ? [] : await silentTables(session, phase, entry.id),
    backlog: changes,
    lagSeconds,
  };
}
