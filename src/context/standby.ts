import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import type { Command } from '../reports/status.js';

/** What each command would write, in the words of a refusal. */
export const WRITES: Readonly<Record<Command, string>> = {
  run: 'A run writes the unified tables and the ledger.',
  sync: 'A sync writes the unified tables and the ledger.',
  cutover: 'A cutover moves tables and makes views.',
  rollback: 'A rollback moves and drops tables.',
  complete: 'A completion drops views and triggers.',
  restore: 'A restore makes tables.',
  refresh: 'A refresh writes the materialized views.',
  adopt: 'An adoption writes the ledger and makes triggers.',
};

/**
 * Refuses a standby, for what has to write.
 *
 * @param what what wants to be written, as a sentence
 * @param state what is written by now
 * @throws DrydockError `read-only-server`
 */
export async function requirePrimary(session: Session, what: string, state: string): Promise<void> {
  if (await session.isStandby()) throw standbyRefused(what, state);
}

/** What a standby cannot do. */
export function standbyRefused(what: string, state: string): DrydockError {
  return new DrydockError({
    code: 'read-only-server',
    what: `The server is a standby, which takes no writes. ${what}`,
    state,
    next: 'Give the command to the primary server.',
  });
}
