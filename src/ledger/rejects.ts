import type { Session } from '../db/session.js';
import type { KeyScope } from '../mapping/keyed-source.js';

/** A legacy row that could not be stored: whole, with the reason. */
export interface Reject {
  readonly source: string;
  readonly key: string;
  readonly reason: string;
  /** `{ column: value as text, or null }`, as JSON. */
  readonly payload: string;
}

/** Replaces the rejects of some keys; in the transaction that replaces their rows. */
export async function replaceRejects(
  session: Session,
  where: { readonly phaseId: number; readonly scope: KeyScope; readonly batchOf: (key: string) => number },
  rejects: readonly Reject[],
): Promise<void> {
  await session.execute(
    `delete from drydock.rejects where phase_id = $1::int and ${where.scope.condition('merge_key')}`,
    [where.phaseId],
  );
  for (const reject of rejects) {
    await session.execute(
      `insert into drydock.rejects (phase_id, batch, source, merge_key, reason, payload)
       values ($1::int, $2::int, $3::text, $4::uuid, $5::text, $6::jsonb)`,
      [where.phaseId, where.batchOf(reject.key), reject.source, reject.key, reject.reason, reject.payload],
    );
  }
}

/** Sources of a phase that have rejects, with their numbers. */
export async function countRejects(session: Session, phaseId: number): Promise<Map<string, number>> {
  const rows = await session.query(
    'select source, count(*) as n from drydock.rejects where phase_id = $1::int group by source',
    [phaseId],
  );
  return new Map(rows.map((row) => [String(row.source), Number(row.n)]));
}
