import type { ColumnType } from '../../legacy/catalog.js';
import { type TextForm, textForm } from './text-form.js';

/** Whole numbers and truths are words as well, as they are printed: codes that stand for something. */
const CODES: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'bool']);

/** How a legacy type holds words that are known beforehand; null for types of other things. */
export function wordForm(type: ColumnType): TextForm | null {
  const form = CODES.has(type.kind) ? CODE : textForm(type);
  // The type may be an enum, whose words the declaration names: a wrong one fails when it is read.
  return form === null ? null : { ...form, sql: (text) => `${text}::${type.name}` };
}

const CODE: TextForm = {
  read: (value) => value,
  prints: (text, value) => text === value,
  sql: (text) => text,
  holds: (text) => `(${text} is not null)`,
};
