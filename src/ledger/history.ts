import type { Session } from '../db/session.js';
import type { BatchStory, PhaseStory, RunStory, VerificationStory } from '../reports/report.js';
import type { LedgerEvent } from '../reports/status.js';

/** What happened, for those who look back at it. Times are milliseconds since 1970. */

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::text`;
const number = (value: string | null | undefined) => (value == null ? null : Number(value));

export async function batchHistory(session: Session, phaseId: number): Promise<BatchStory[]> {
  const rows = await session.query(
    `select number, status, rows_in, rows_out, folded, rejected, attempts,
       ${ms('started_at')} as started_at, ${ms('finished_at')} as finished_at
     from drydock.batches where phase_id = $1::int order by number`,
    [phaseId],
  );
  return rows.map((row) => ({
    number: Number(row.number),
    status: row.status as BatchStory['status'],
    rowsIn: Number(row.rows_in),
    rowsOut: Number(row.rows_out),
    folded: Number(row.folded),
    rejected: Number(row.rejected),
    attempts: Number(row.attempts),
    startedAt: number(row.started_at),
    finishedAt: number(row.finished_at),
  }));
}

export async function runHistory(session: Session, phaseId: number): Promise<RunStory[]> {
  const rows = await session.query(
    `select ${ms('started_at')} as started_at, ${ms('finished_at')} as finished_at, outcome, operator
     from drydock.runs where phase_id = $1::int order by id`,
    [phaseId],
  );
  return rows.map((row) => ({
    startedAt: Number(row.started_at),
    finishedAt: number(row.finished_at),
    outcome: row.outcome ?? null,
    by: String(row.operator),
  }));
}

/** Law 2 as the batches booked it, a table each. */
export async function bookedAccounting(session: Session, phaseId: number): Promise<PhaseStory['accounting']> {
  const rows = await session.query(
    `select s.key as source, sum((s.value->>'read')::bigint) as read, sum((s.value->>'primary')::bigint) as "primary",
       sum((s.value->>'folded')::bigint) as folded, sum((s.value->>'rejected')::bigint) as rejected
     from drydock.batches b cross join lateral jsonb_each(b.sources) s
     where b.phase_id = $1::int and s.value ? 'primary' group by s.key order by 2 desc, 1`,
    [phaseId],
  );
  return rows.map((row) => {
    const [source, primary, folded, rejected] = [row.read, row.primary, row.folded, row.rejected].map(Number);
    return {
      table: String(row.source),
      source: source ?? 0,
      primary: primary ?? 0,
      folded: folded ?? 0,
      rejected: rejected ?? 0,
      balanced: source === (primary ?? 0) + (folded ?? 0) + (rejected ?? 0),
    };
  });
}

export async function rejectReasons(session: Session, phaseId: number): Promise<PhaseStory['rejects']> {
  const rows = await session.query(
    `select source, reason, count(*) as rows from drydock.rejects where phase_id = $1::int
     group by source, reason order by rows desc, source, reason limit 50`,
    [phaseId],
  );
  return rows.map((row) => ({
    source: String(row.source),
    reason: String(row.reason),
    rows: Number(row.rows),
  }));
}

export async function newestVerification(
  session: Session,
  phaseId: number,
): Promise<VerificationStory | null> {
  const [row] = await session.query(
    `select ${ms('verified_at')} as at, equal::text as equal, strict::text as strict, tables::text as tables
     from drydock.verifications where phase_id = $1::int order by id desc limit 1`,
    [phaseId],
  );
  if (row === undefined) return null;
  return {
    at: Number(row.at),
    equal: row.equal === 'true',
    strict: row.strict === 'true',
    tables: JSON.parse(String(row.tables)) as VerificationStory['tables'],
  };
}

/** The newest entries of a schema's journal, oldest first. */
export async function newestEvents(session: Session, schema: string, limit: number): Promise<LedgerEvent[]> {
  const rows = await session.query(
    `select happened_at::timestamptz(0)::text as at, kind, phase, operator, detail
     from drydock.events where schema_name = $1::text order by id desc limit $2::int`,
    [schema, limit],
  );
  return rows.reverse().map((row) => ({
    at: String(row.at),
    kind: row.kind as LedgerEvent['kind'],
    phase: (row.phase ?? null) as LedgerEvent['phase'],
    by: String(row.operator),
    detail: row.detail ?? null,
  }));
}
