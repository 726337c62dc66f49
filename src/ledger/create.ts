import type { Session } from '../db/session.js';
import { enterHome, presentHome } from './home.js';
import { LEDGER_SCHEMA, MARKER } from './schema.js';
import { BACKUP_TABLES } from './tables/backups.js';
import { CAPTURE_TABLES } from './tables/capture.js';
import { CORE_TABLES } from './tables/core.js';
import { CUTOVER_TABLES } from './tables/cutover.js';
import { HOME_TABLE } from './tables/home.js';
import { REFRESH_TABLES } from './tables/refreshes.js';

/** Each area of the ledger declares its own tables; later ones may refer to earlier ones. */
const TABLES = [HOME_TABLE, CORE_TABLES, BACKUP_TABLES, CAPTURE_TABLES, CUTOVER_TABLES, REFRESH_TABLES].join(
  '',
);

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
