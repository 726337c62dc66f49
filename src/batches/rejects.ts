import type { Session } from '../db/session.js';
import { KeyRange, successor } from '../keys/key-range.js';
import type { Reject } from '../ledger/rejects.js';
import { extractionQuery } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import { spelled } from '../types/spelling.js';
import { textsByName } from '../types/texts.js';

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
    const values = extracted.map(({ name, type }, index) => ({
      name,
      // What is not copied in binary is a text that was spelled already.
      text: type.binary ? spelled(`e.c${index}`, type.hiding) : `e.c${index}::text`,
    }));
    const rows = extractionQuery(keyed, new KeyRange(key, successor(key)));
    for (const row of await session.query(`select ${textsByName(values)}::text as payload from (${rows}) e`))
      rejects.push({ source: rule.table, key, reason, payload: String(row.payload) });
  }
  return rejects;
}
