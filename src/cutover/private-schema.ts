import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { isTrusted, ME } from '../db/trusted-role.js';
import { DrydockError } from '../errors.js';

/** A schema of ours that nobody else may use. */
export interface PrivateSchema {
  readonly name: string;
  /** Its comment, by which it is known to be ours. */
  readonly marker: string;
}

/**
 * Whether the schema is one that we made, or that is not there yet. A comment can be copied: who owns a schema may drop
 * and replace what is in it, so that has to be a role which may do with our rights what it likes.
 */
export async function isOurs(session: Session, { name, marker }: PrivateSchema): Promise<boolean> {
  const [there] = await session.query(
    `select (obj_description(oid, 'pg_namespace') is not distinct from $2::text and ${isTrusted('nspowner', ME)})::text as ours
     from pg_namespace where nspname = $1::text`,
    [name, marker],
  );
  return there === undefined || there.ours === 'true';
}

/**
 * Gives a schema its comment back, which a dump can leave out. To be asked only where the ledger is known to be ours; one
 * that has another comment, or belongs to a role that may not act for us, is none of ours still.
 */
export async function markAgain(session: Session, { name, marker }: PrivateSchema): Promise<void> {
  const bare = await session.query(
    `select from pg_namespace where nspname = $1::text and obj_description(oid, 'pg_namespace') is null and ${isTrusted('nspowner', ME)}`,
    [name],
  );
  if (bare.length > 0) await session.execute(`comment on schema ${ident(name)} is ${literal(marker)}`);
}

/**
 * Makes the schema, where it is not there yet, and takes away what default privileges gave to others.
 *
 * @throws DrydockError `foreign-schema` where somebody else has one of that name
 */
export async function preparePrivateSchema(session: Session, schema: PrivateSchema): Promise<void> {
  const { name, marker } = schema;
  if (!(await isOurs(session, schema))) throw foreignSchema(name);
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

function foreignSchema(name: string): DrydockError {
  return new DrydockError({
    code: 'foreign-schema',
    what: `There is a schema "${name}" that Drydock did not make, or that belongs to a role which may not act for this user.`,
    state: 'Nothing was made in it; the applications use the legacy tables as before.',
    next: 'Rename or drop it; or, where Drydock made it as another user, connect as that user.',
  });
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
