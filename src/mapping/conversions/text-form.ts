import { isReadable } from '../../copy-binary/decode.js';
import type { ColumnType } from '../../legacy/catalog.js';
import { printed, sameText } from './same.js';

/** How a legacy type of text holds a text: what a conversion reads, and what its inverse gives back. */
export interface TextForm {
  /** The text that a value says; blanks with which a `char(n)` is filled up are none of it. */
  read(value: string): string;
  /** Whether `sql` of this text prints as the value. */
  prints(text: string, value: string): boolean;
  /** SQL of the legacy type from an expression of type text, which needs no brackets before a cast. */
  sql(text: string): string;
  /** SQL condition: the legacy type holds this text, and no other one instead. */
  holds(text: string): string;
}

/** Strings of any type, citext and domains included, and enums; null for other types. */
export function textForm(type: ColumnType): TextForm | null {
  if (!['S', 'E'].includes(type.category) || !isReadable(type)) return null;
  const sql = (text: string) => (type.name === 'text' ? text : `${text}::${type.name}`);
  if (type.category === 'E')
    return {
      ...AS_IT_IS,
      sql,
      // Asked before the cast, which fails where there is no such word.
      holds: (text) => `(${text} collate "C" = any (enum_range(null::${type.base})::text[]))`,
    };
  if (type.kind === 'bpchar') {
    const read = (value: string) => value.replace(/ +$/, '');
    return {
      read,
      prints: (text, value) => (type.hasModifier ? read(value) : value) === text,
      sql,
      holds: (text) => sameText(`rtrim(${printed(sql(text))}, ' ')`, text),
    };
  }
  return {
    ...AS_IT_IS,
    sql,
    holds: (text) => (type.name === 'text' ? 'true' : sameText(sql(text), text)),
  };
}

const AS_IT_IS: Pick<TextForm, 'read' | 'prints'> = {
  read: (value) => value,
  prints: (text, value) => text === value,
};
