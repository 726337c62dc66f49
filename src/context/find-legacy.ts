import { readMoved } from '../ledger/moved.js';
import { detectLegacy, type LegacyDatabase } from '../legacy/detect.js';
import type { Project } from '../project/project.js';
import type { OpenLedger } from './open-ledger.js';

/** The legacy tables as they are found: where a cutover put them, which the ledger knows, else under their own names. */
export async function findLegacy(
  { session, schema, hasLedger }: Pick<OpenLedger, 'session' | 'schema' | 'hasLedger'>,
  { tables }: Project,
  appSchema: string | undefined,
): Promise<LegacyDatabase> {
  const moved = hasLedger ? await readMoved(session, schema) : new Map();
  return detectLegacy(session, { tables, schema, appSchema, moved });
}
