import type { Session } from '../db/session.js';
import { readMoved } from '../ledger/moved.js';
import { detectLegacy, type LegacyDatabase } from '../legacy/detect.js';

/** The legacy tables as they are found: where a cutover put them, which the ledger knows, else under their own names. */
export async function findLegacy(
  session: Session,
  schema: string,
  appSchema: string | undefined,
): Promise<LegacyDatabase> {
  return detectLegacy(session, schema, appSchema, await readMoved(session, schema));
}
