import type { Session } from '../db/session.js';
import type { LedgerEvent } from '../reports/status.js';

/** Writes an entry into a schema's journal. */
export async function enterEvent(
  session: Session,
  event: Pick<LedgerEvent, 'kind' | 'phase' | 'detail'> & {
    readonly schema: string;
    readonly operator: string;
  },
): Promise<void> {
  await session.execute(
    `insert into drydock.events (schema_name, phase, kind, operator, detail)
     values ($1::text, $2::text, $3::text, $4::text || ' as ' || current_user, $5::text)`,
    [event.schema, event.phase, event.kind, event.operator, event.detail],
  );
}

/** The newest entry of a schema's journal. Outlives the phases: it goes with the ledger. */
export async function newestEvent(session: Session, schema: string): Promise<LedgerEvent | null> {
  const [row] = await session.query(
    `select happened_at::timestamptz(0)::text as at, kind, phase, operator, detail
     from drydock.events where schema_name = $1::text order by id desc limit 1`,
    [schema],
  );
  if (row === undefined) return null;
  return {
    at: String(row.at),
    kind: row.kind as LedgerEvent['kind'],
    phase: (row.phase ?? null) as LedgerEvent['phase'],
    by: String(row.operator),
    detail: row.detail ?? null,
  };
}
