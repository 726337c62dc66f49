import type { Session } from '../db/session.js';

/** How much of a phase's queue is left. */
export interface Backlog {
  readonly changes: number;
  /** Age of the oldest change, in seconds; 0 without any. */
  readonly lagSeconds: number;
}

export const AGE = `coalesce(extract(epoch from clock_timestamp() - min(written_at)), 0)::float8`;

export async function readBacklog(session: Session, phaseId: number): Promise<Backlog> {
  const row = await session.one(
    `select count(*) as changes, ${AGE} as lag from drydock.changes where phase_id = $1::int`,
    [phaseId],
  );
  return { changes: Number(row.changes), lagSeconds: Math.max(0, Number(row.lag)) };
}
