import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';

/** The ledger's own schema. Private: nobody but its owner may look in, because rejects hold row data. */
export const LEDGER_SCHEMA = 'drydock';

/** Changes whenever the ledger's tables or the meaning of what a run writes change. */
export const LEDGER_VERSION = 6;

/** What a look at the ledger leaves behind. */
const UNTOUCHED = 'The ledger was only looked at; nothing was written by this step.';

/** `DRYDOCK` in ASCII. */
const LOCK_KEY = 0x44525944_4f434bn.toString();

/** The comment on its schema. */
export const MARKER = `Drydock ledger, version ${LEDGER_VERSION}`;

/** Whether the ledger is there. Refuses one of another version, and a schema that is not ours. */
export async function ledgerExists(session: Session): Promise<boolean> {
  const [row] = await session.query(
    `select obj_description(oid, 'pg_namespace') as marker, has_schema_privilege(oid, 'usage')::text as usable
     from pg_namespace where nspname = $1::text`,
    [LEDGER_SCHEMA],
  );
  if (row === undefined) return false;
  const marker = row.marker ?? '';
  if (marker === MARKER && row.usable !== 'true') {
    throw new DrydockError({
      code: 'missing-privilege',
      what: `The user may not use schema "${LEDGER_SCHEMA}", which another user's run made.`,
      state: UNTOUCHED,
      next: 'Connect as the user that made it.',
    });
  }
  if (marker === MARKER) return true;
  if (marker.startsWith('Drydock ledger')) {
    throw new DrydockError({
      code: 'other-ledger-version',
      what: `The ledger in schema "${LEDGER_SCHEMA}" was written by another version of Drydock (${marker}; this is version ${LEDGER_VERSION}).`,
      state: UNTOUCHED,
      next: 'Use the version that wrote it, or roll back with that version first.',
    });
  }
  throw new DrydockError({
    code: 'foreign-ledger-schema',
    what: `There is a schema "${LEDGER_SCHEMA}" that Drydock did not make.`,
    state: UNTOUCHED,
    next: `Rename or drop it; Drydock keeps its ledger under that name. Where a restore left the comments out (--no-comments), give it its own back: comment on schema ${LEDGER_SCHEMA} is '${MARKER}'; then: drydock adopt.`,
  });
}

/**
 * Makes this transaction the only one that makes or drops the ledger: it serves all schemas of the database, which
 * are worked on independently of each other.
 */
export async function lockLedger(session: Session): Promise<void> {
  await session.execute('select pg_advisory_xact_lock($1::bigint)', [LOCK_KEY]);
}
