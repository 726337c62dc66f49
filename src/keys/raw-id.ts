/** SQL over raw ids: texts that name a row, or uuids as text. Arguments are SQL expressions. */

const UUID_PATTERN = `'^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$'`;

/**
 * A column's raw id, of whatever type it is. In the collation C, because prefixes and patterns cannot be looked for
 * under a nondeterministic one, and because ids are equal byte for byte or not at all.
 */
export function rawText(column: string): string {
  return `(${column}::text collate "C")`;
}

/** The uuid that a text spells; null when it spells none. */
export function uuidFromText(text: string): string {
  return `(case when length(${text}) = 36 and ${text} ~ ${UUID_PATTERN} then (${text})::uuid end)`;
}

/** A column's value as uuid, whether it is of that type or spells one. */
export function asUuid(expression: string, kind: string): string {
  return kind === 'uuid' ? expression : uuidFromText(rawText(expression));
}

/**
 * The merge key of an id that nothing is known about: a name-based uuid of the bare id. Version 8 (RFC 9562)
 * over SHA-256 rather than version 5, because the server has no SHA-1: computed there, the key can be sorted and
 * cut into ranges without a round trip. Ids of unified rows are made from it, and are version 5.
 */
export function keyOfUnknown(bare: string): string {
  const hex = `encode(substr(${hashOfUnknown(bare)}, 1, 16), 'hex')`;
  return `overlay(overlay(${hex} placing '8' from 13 for 1) placing '8' from 17 for 1)::uuid`;
}

/** What the key of an unknown id is made of; 32 bytes. */
export function hashOfUnknown(bare: string): string {
  return `sha256(convert_to('drydock:' || ${bare}, 'UTF8'))`;
}

/**
 * Whether `keyOfUnknown` may lie between two keys, told from `hashOfUnknown`: false only where it surely does not. For
 * ids by the million: the key begins with the first six bytes of the hash, and need not be made.
 */
export function mayBeKeyedBetween(hash: string, from: string | null, to: string | null): string {
  const first = (key: string) => key.replaceAll('-', '').slice(0, 12);
  const lowest = `'\\x${first(from ?? '')}'`;
  const highest = `'\\x${to === null ? 'ff' : first(to)}${'ff'.repeat(32)}'`;
  return `${hash} between ${lowest}::bytea and ${highest}::bytea`;
}

/**
 * The key of a legacy row `r` that names nothing else: its own id. Where that is no uuid, or may be null, one made of
 * the whole row, so that rows that are equal to the last byte meet; it costs, because whole rows go through the joins.
 *
 * @param name SQL of the id
 */
export function ownKey(
  id: { readonly type: { readonly kind: string }; readonly notNull: boolean } | undefined,
  name = 'r.id',
): string {
  // Not `r::text`: that would be a column of this name where the table has one.
  const ofRow = keyOfUnknown('(r.*)::text');
  if (id?.type.kind !== 'uuid') return ofRow;
  return id.notNull ? name : `coalesce(${name}, ${ofRow})`;
}
