import { ident, literal } from '../db/identifier.js';
import { spelled } from './spelling.js';
import type { TypeNode } from './type-node.js';

/**
 * SQL of a jsonb object of texts, by name. Of texts, because jsonb takes neither a json that holds an escaped NUL nor every
 * number; and it says of a number what it is worth, not how it was written.
 */
export function textsByName(values: readonly { readonly name: string; readonly text: string }[]): string {
  const names = values.map(({ name }) => literal(name));
  const texts = values.map(({ text }) => text);
  return `json_object(array[${names.join(', ')}]::text[], array[${texts.join(', ')}]::text[])::jsonb`;
}

/** SQL of a row's values as such an object. */
export function rowAsTexts(
  columns: readonly { readonly name: string; readonly type: { readonly hiding: TypeNode | null } }[],
  alias: string,
): string {
  return textsByName(
    columns.map(({ name, type }) => ({ name, text: spelled(`${alias}.${ident(name)}`, type.hiding) })),
  );
}
