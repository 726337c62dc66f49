import { ident } from '../db/identifier.js';
import type { Form } from './forms.js';

/** Longer texts are the same when they begin alike: only what they begin with is read. */
const MOST_CHARACTERS = 200;

/**
 * SQL of a value as it is compared between columns, whatever its type: without blanks around it, ASCII letters in lower case,
 * of a phone number the digits alone. Null for a blank one. Equal byte for byte or not at all.
 */
export function foldSql(name: string, form: Form, kind: string): string {
  if (['int2', 'int4', 'int8', 'uuid'].includes(kind)) return `(${ident(name)}::text collate "C")`;
  const text = `left(${ident(name)}::text collate "C", ${MOST_CHARACTERS})`;
  if (form === 'phone') return `nullif(regexp_replace(${text}, '[^0-9]', '', 'g'), '')`;
  return String.raw`nullif(btrim(lower(${text}), e' \t\n\v\f\r'), '')`;
}

/** A value as normalizers spell it: ASCII letters in lower case, blanks trimmed and collapsed, of a phone number the digits. */
export function fold(value: string, form: Form): string {
  if (form === 'phone') return value.replace(/[^0-9]/g, '');
  return lowered(value.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '').replace(/[ \t\n\v\f\r]+/g, ' '));
}

/** Letters and digits alone: what is left when punctuation, quotes and brackets differ. */
export function loosened(value: string): string {
  return value
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}

function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
