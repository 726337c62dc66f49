import { literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { KeyRange, successor } from '../keys/key-range.js';
import type { Reject } from '../ledger/rejects.js';
import { extractionQuery } from '../mapping/keyed-source.js';
import type { Phase } from '../phases/phase.js';

/** All legacy rows of a key, whole, as rejects; their values as text, printed by the server. */
export async function rejectsOf(
  session: Session,
  phase: Phase,
  key: string,
  reason: string,
): Promise<Reject[]> {
  const rejects: Reject[] = [];
  for (const keyed of phase.keyed) {
    const { extracted, rule } = keyed.source;
    const names = extracted.map((column) => literal(column.name));
    const values = extracted.map((_, index) => `e.c${index}::text`);
    const rows = extractionQuery(keyed, new KeyRange(key, successor(key)));
    const payload = `json_object(array[${names.join(', ')}]::text[], array[${values.join(', ')}]::text[])`;
    for (const row of await session.query(`select ${payload}::jsonb::text as payload from (${rows}) e`))
      rejects.push({ source: rule.table, key, reason, payload: String(row.payload) });
  }
  return rejects;
}
