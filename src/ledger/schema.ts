import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { enterHome, presentHome } from './home.js';
import { BACKUP_TABLES } from './tables/backups.js';
import { CAPTURE_TABLES } from './tables/capture.js';
import { CORE_TABLES } from './tables/core.js';
import { CUTOVER_TABLES } from './tables/cutover.js';
import { HOME_TABLE } from './tables/home.js';
import { REFRESH_TABLES } from './tables/refreshes.js';

/** The ledger's own schema. Private: nobody but its owner may look in, because rejects hold row data. */
export const LEDGER_SCHEMA = 'drydock';

/** Changes whenever the ledger's tables or the meaning of what a run writes change. */
export const LEDGER_VERSION = 6;

/** What a look at the ledger leaves behind. */
const UNTOUCHED = 'The ledger was only looked at; nothing was written by this step.';

/** `DRYDOCK` in ASCII. */
const LOCK_KEY = 0x44525944_4f434bn.toString();

const MARKER = `Drydock ledger, version ${LEDGER_VERSION}`;

/** Each area of the ledger declares its own tables; later ones may refer to earlier ones. */
const TABLES = [HOME_TABLE, CORE_TABLES, BACKUP_TABLES, CAPTURE_TABLES, CUTOVER_TABLES, REFRESH_TABLES].join(
  '',
);

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

/** Makes the ledger; inside a transaction of the caller's. */
export async function createLedger(session: Session): Promise<void> {
  await session.execute(`create schema ${LEDGER_SCHEMA}`);
  await session.execute(`comment on schema ${LEDGER_SCHEMA} is '${MARKER}'`);
  await session.execute(TABLES);
  await enterHome(session, await presentHome(session), { toVerify: false });
  await revokeFromOthers(session);
}

/** Takes away what default privileges gave to others, of all that is in the ledger's schema; in the creating transaction. */
export async function revokeFromOthers(session: Session): Promise<void> {
  const grantees = await session.query(
    `select distinct case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
     from (
       select nspacl as acl, nspowner as owner from pg_namespace where nspname = $1::text
       union all
       select c.relacl, c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text
     ) o
     cross join lateral aclexplode(o.acl) a
     left join pg_roles r on r.oid = a.grantee
     where a.grantee <> o.owner`,
    [LEDGER_SCHEMA],
  );
  for (const { grantee } of grantees) {
    for (const what of ['schema', 'all tables in schema', 'all sequences in schema']) {
      await session.execute(`revoke all on ${what} ${LEDGER_SCHEMA} from ${grantee}`);
    }
  }
}

/** Drops the ledger; inside a transaction of the caller's. What others built on it stops the drop, never cascades. */
export async function dropLedger(session: Session): Promise<void> {
  const tables = [...TABLES.matchAll(/^create table (\S+)/gm)].map(([, name]) => name).reverse();
  await session.execute(`drop table ${tables.join(', ')}`);
  await session.execute(`drop schema ${LEDGER_SCHEMA}`);
}
