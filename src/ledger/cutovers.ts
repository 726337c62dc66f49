import type { Session } from '../db/session.js';
import type { PhaseName } from '../reports/phase-name.js';
import { ledgerExists } from './schema.js';

/** Enters a cutover with the picture of the catalog before it; in the transaction that does it. */
export async function enterCutover(session: Session, phaseId: number, catalog: string): Promise<void> {
  await session.execute(
    `insert into drydock.cutovers (phase_id, catalog) values ($1::int, $2::text)
     on conflict (phase_id) do update set catalog = excluded.catalog, cut_over_at = clock_timestamp(), completed_at = null`,
    [phaseId, catalog],
  );
}

/** The picture of the catalog from before the cutover; null where there was none. */
export async function readCutoverCatalog(session: Session, phaseId: number): Promise<string | null> {
  const [row] = await session.query('select catalog from drydock.cutovers where phase_id = $1::int', [
    phaseId,
  ]);
  return row?.catalog ?? null;
}

/** The phases of a schema that are cut over, or were before a rollback. */
export async function everCutOver(session: Session, schema: string): Promise<ReadonlySet<PhaseName>> {
  if (!(await ledgerExists(session))) return new Set();
  const rows = await session.query(
    'select p.phase from drydock.cutovers c join drydock.phases p on p.id = c.phase_id where p.schema_name = $1::text',
    [schema],
  );
  return new Set(rows.map(({ phase }) => phase as PhaseName));
}

/** Writes into the journal what became of a phase's names; in the transaction that did it. */
export async function recordTurn(
  session: Session,
  turn: {
    readonly schema: string;
    readonly phase: PhaseName;
    readonly kind: 'cut-over' | 'reverted' | 'completed';
    readonly operator: string;
    readonly detail: string;
  },
): Promise<void> {
  await session.execute(
    `insert into drydock.events (schema_name, phase, kind, operator, detail)
     values ($1::text, $2::text, $3::text, $4::text || ' as ' || current_user, $5::text)`,
    [turn.schema, turn.phase, turn.kind, turn.operator, turn.detail],
  );
}
