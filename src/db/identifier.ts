import { createHash } from 'node:crypto';
import { DrydockError } from '../errors.js';

/** Postgres cuts longer names to this many bytes, with no more than a notice. */
export const MAX_NAME_BYTES = 63;

/** Quotes one identifier. Names that Postgres would cut are refused: a cut name can be another table's. */
export function ident(name: string): string {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new DrydockError({
      code: 'bad-name',
      what: `The name ${JSON.stringify(name)} is not usable: Postgres takes 1 to ${MAX_NAME_BYTES} bytes.`,
      state: 'No statement with this name was sent.',
      next: 'Give a name that Postgres takes.',
    });
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"`. */
export function qualified(schema: string, name: string): string {
  return `${ident(schema)}.${ident(name)}`;
}

/** A string literal that reads the same whatever `standard_conforming_strings` is. */
export function literal(value: string): string {
  const quoted = value.replaceAll("'", "''");
  return value.includes('\\') ? `e'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/** Joins the parts with `_`; where the result is too long, its end is replaced by a hash of the whole. */
export function generatedName(...parts: readonly string[]): string {
  const name = parts.join('_');
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10);
  let head = name;
  while (Buffer.byteLength(head) > MAX_NAME_BYTES - hash.length - 1) head = head.slice(0, -1);
  // Half of a surrogate pair would be another character on the server.
  return `${head.replace(/[\ud800-\udbff]$/, '')}_${hash}`;
}
