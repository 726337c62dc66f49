import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';

/** A schema of ours that nobody else may use. */
export interface PrivateSchema {
  readonly name: string;
  /** Its comment, by which it is known to be ours. */
  readonly marker: string;
}

/** Makes the schema, where it is not there yet, and takes away what default privileges gave to others. */
export async function preparePrivateSchema(session: Session, { name, marker }: PrivateSchema): Promise<void> {
  const [there] = await session.query('select from pg_namespace where nspname = $1::text', [name]);
  if (there !== undefined) return;
  await session.execute(`create schema ${ident(name)}`);
  await session.execute(`comment on schema ${ident(name)} is ${literal(marker)}`);
  const grantees = await session.query(
    `select distinct case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee
     from pg_namespace n cross join lateral aclexplode(n.nspacl) a
     where n.nspname = $1::text and a.grantee <> n.nspowner`,
    [name],
  );
  for (const { grantee } of grantees)
    await session.execute(`revoke all on schema ${ident(name)} from ${grantee}`);
}

/** Drops the schema when nothing is left in it, and it is ours. */
export async function dropPrivateSchemaIfEmpty(
  session: Session,
  { name, marker }: PrivateSchema,
): Promise<boolean> {
  const [found] = await session.query(
    `select (exists (select from pg_class c where c.relnamespace = n.oid) or exists (select from pg_proc p where p.pronamespace = n.oid))::text as used,
       obj_description(n.oid, 'pg_namespace') as marker
     from pg_namespace n where n.nspname = $1::text`,
    [name],
  );
  if (found === undefined || found.used === 'true' || found.marker !== marker) return false;
  await session.execute(`drop schema ${ident(name)}`);
  return true;
}
