import type { Session } from '../db/session.js';
import type { PhaseName } from '../reports/target.js';

export interface VerifiedBackup {
  readonly place: string;
  readonly at: string;
}

/** The newest backup of a phase's tables that was read back and found whole; null when there is none. */
export async function verifiedBackup(
  session: Session,
  schema: string,
  phase: PhaseName,
): Promise<VerifiedBackup | null> {
  void [session, schema, phase];
  return null;
}
