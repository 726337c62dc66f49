import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { differencesOf } from './catalog/compare.js';
import type { CatalogDocument } from './catalog/document.js';
import { placed } from './catalog/place.js';
import { readSchema } from './catalog/read.js';
import { FIRST_WITH_MAINTAIN, rightsOf, rightsStatements, rolesOf, withMaintain } from './catalog/rights.js';
import type { Builder } from './restore-objects.js';
import type { RestoreTarget } from './restore-target.js';

/**
 * Gives owners and rights back to what was made, takes away what default privileges gave to others, and compares what
 * the catalog says now with what the backup says.
 *
 * @returns what is not as it was, in words
 */
export async function restoreRights(
  session: Session,
  builder: Builder,
  target: RestoreTarget,
  roles: ReadonlySet<string>,
): Promise<string[]> {
  const expected = await expectedOf(session, builder, target);
  const unknown = [...rolesOf(target.document)].filter((role) => !roles.has(role));
  let complete = unknown.length === 0;
  if (!complete)
    builder.warnings.push(`Not known on this server, and therefore without rights: ${unknown.join(', ')}.`);
  const wasMade = (object: string) => builder.made.has(object);
  // The documents are in their place already.
  const here = { schemaFor: (schema: string) => schema, nameOf: target.place.nameOf };
  const pairs = async () => {
    const found = await readNow(session, target);
    await session.execute(`set local search_path = ${target.path}`);
    return rightsOf(expected, found, here, wasMade);
  };
  const refuse = (what: string) => {
    complete = false;
    builder.warnings.push(what);
  };
  const { me } = await session.one('select current_user as me');
  for (const { object, owner } of await pairs()) {
    if (owner === null || owner === me || !roles.has(owner)) continue;
    const state = await builder.attempt(`alter ${object} owner to ${ident(owner)}`);
    if (state !== undefined)
      refuse(`${object} belongs to ${String(me)}, not to ${owner} (SQLSTATE ${state}).`);
  }
  // Changing the owner has changed the rights.
  for (const righted of await pairs()) {
    for (const statement of rightsStatements(righted, roles)) {
      const state = await builder.attempt(statement);
      if (state !== undefined) refuse(`Not done (SQLSTATE ${state}): ${statement}.`);
    }
  }
  return differencesOf(expected, await readNow(session, target), { withRights: complete });
}

/** What the backup says, in its new place, of what was made, as this server would say it. */
async function expectedOf(
  session: Session,
  { made }: Builder,
  { document, place, serverNumber }: RestoreTarget,
): Promise<CatalogDocument> {
  // One that was there already belongs to whatever it belonged to.
  const sequences = document.sequences.filter((one) => made.has(`sequence ${place.nameOf(one)}`));
  const expected = placed({ ...document, sequences }, place);
  const { number } = await session.one(`select current_setting('server_version_num') as number`);
  return serverNumber < FIRST_WITH_MAINTAIN && Number(number) >= FIRST_WITH_MAINTAIN
    ? withMaintain(expected)
    : expected;
}

/** What the catalog says of the restored tables, in the words of the backup's document. */
async function readNow(
  session: Session,
  { document, place, into, further }: RestoreTarget,
): Promise<CatalogDocument> {
  const oids: string[] = [];
  for (const { schema, name } of document.tables) {
    const { oid } = await session.one(
      `select c.oid::text as oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1::text and c.relname = $2::text`,
      [place.schemaFor(schema), name],
    );
    oids.push(String(oid));
  }
  const now = await readSchema(session, oids, further);
  return into === null ? now.qualified : now.relative;
}
