import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';

export const LEGACY_SCHEMA_MARKER = 'Made by Drydock: legacy tables behind views of their old names';

/**
 * Makes the schema that takes the legacy tables, where it is not there yet. Nobody may use it but the owners of the
 * tables: their rights are what Postgres checks foreign keys with. Readers and writers of the views need no right to
 * the schema, because a view knows its table by oid.
 */
export async function prepareLegacySchema(session: Session, owners: readonly string[]): Promise<void> {
  const [there] = await session.query('select from pg_namespace where nspname = $1::text', [LEGACY_SCHEMA]);
  if (there === undefined) {
    await session.execute(`create schema ${ident(LEGACY_SCHEMA)}`);
    await session.execute(`comment on schema ${ident(LEGACY_SCHEMA)} is '${LEGACY_SCHEMA_MARKER}'`);
    const grantees = await session.query(
      `select distinct case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee
       from pg_namespace n cross join lateral aclexplode(n.nspacl) a
       where n.nspname = $1::text and a.grantee <> n.nspowner`,
      [LEGACY_SCHEMA],
    );
    for (const { grantee } of grantees) {
      await session.execute(`revoke all on schema ${ident(LEGACY_SCHEMA)} from ${grantee}`);
    }
  }
  for (const owner of new Set(owners)) {
    await session.execute(`grant usage on schema ${ident(LEGACY_SCHEMA)} to ${ident(owner)}`);
  }
}

/** Drops the schema when nothing is left in it. */
export async function dropLegacySchemaIfEmpty(session: Session): Promise<boolean> {
  const { left, marker } = await session.one(
    `select (select count(*) from pg_class c where c.relnamespace = n.oid) as left, obj_description(n.oid, 'pg_namespace') as marker
     from pg_namespace n where n.nspname = $1::text
     union all select '1', null limit 1`,
    [LEGACY_SCHEMA],
  );
  if (left !== '0' || marker !== LEGACY_SCHEMA_MARKER) return false;
  await session.execute(`drop schema ${ident(LEGACY_SCHEMA)}`);
  return true;
}
