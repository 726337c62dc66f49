import type { Session } from '../db/session.js';
import { readMoved } from '../ledger/moved.js';
import { detectLegacy, type LegacyDatabase } from '../legacy/detect.js';
import type { Project } from '../project/project.js';

/** The legacy tables as they are found: where a cutover put them, which the ledger knows, else under their own names. */
export async function findLegacy(
  session: Session,
  { tables }: Project,
  schema: string,
  appSchema: string | undefined,
): Promise<LegacyDatabase> {
  return detectLegacy(session, { tables, schema, appSchema, moved: await readMoved(session, schema) });
}
