import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import { dropPrivateSchemaIfEmpty, type PrivateSchema, preparePrivateSchema } from './private-schema.js';

export const LEGACY: PrivateSchema = {
  name: LEGACY_SCHEMA,
  marker: 'Made by Drydock: legacy tables behind views of their old names',
};

/**
 * Makes the schema that takes the legacy tables, where it is not there yet. Nobody may use it but the owners of the
 * tables: their rights are what Postgres checks foreign keys with. Readers and writers of the views need no right to
 * the schema, because a view knows its table by oid.
 */
export async function prepareLegacySchema(session: Session, owners: readonly string[]): Promise<void> {
  await preparePrivateSchema(session, LEGACY);
  for (const owner of new Set(owners)) {
    await session.execute(`grant usage on schema ${ident(LEGACY_SCHEMA)} to ${ident(owner)}`);
  }
}

/** Drops the schema when nothing is left in it. */
export function dropLegacySchemaIfEmpty(session: Session): Promise<boolean> {
  return dropPrivateSchemaIfEmpty(session, LEGACY);
}
