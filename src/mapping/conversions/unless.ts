import { dayOf } from '../../copy-binary/moments.js';
import { encode } from '../../copy-binary/values.js';
import { literal } from '../../db/identifier.js';
import { isUuid } from '../../keys/uuid.js';
import type { ColumnType } from '../../legacy/catalog.js';
import type { ConversionFor } from '../mapping.js';
import { printDecimal } from './decimal.js';
import { numberForm } from './number-form.js';
import { printed } from './same.js';
import { wordForm } from './word-form.js';

/**
 * A legacy value that says nothing: it has no golden value, and no golden value becomes it again, without residue. A null
 * beside it is residue then.
 *
 * @param is as the legacy column prints it, without the blanks of a `char(n)`
 */
export function unless(is: string, of: ConversionFor): ConversionFor {
  const nothing = encode(is);
  return (column, shape, beside) => {
    const inner = of(column, shape, beside);
    if (inner === null || !isPrinted(is, column.type)) return null;
    const form = wordForm(column.type);
    const isNothing = (value: string) => (form === null ? value : form.read(value)) === nothing;
    const given = `${literal(is)}::${column.type.name}`;
    const { passes: _passes, points: _points, ...rest } = inner;
    return {
      ...rest,
      forward: (value) => (isNothing(value) ? null : inner.forward(value)),
      none: (value) => isNothing(value) && (form === null || form.prints(nothing, value)),
      inverse: (golden, others) =>
        `(case when ${golden} is null then ${given} else ${inner.inverse(golden, others)} end)`,
      // Asked before the cast, which fails where the type is too narrow.
      holds: (golden, others) =>
        `(case when ${inner.holds(golden, others)} then ${printed(inner.inverse(golden, others))} collate "C" is distinct from ${printed(given)} collate "C" else false end)`,
    };
  };
}

/** Whether a type prints a value so: what it prints otherwise is never met. What an enum or a domain holds, the server knows. */
export function isPrinted(text: string, type: ColumnType): boolean {
  if (type.kind === 'bool') return text === 't' || text === 'f';
  if (type.kind === 'uuid') return isUuid(text) && text === text.toLowerCase();
  if (type.kind === 'date') return dayOf(text) !== null;
  if (type.category !== 'N') return true;
  const form = numberForm(type);
  const number = form?.read(text) ?? null;
  if (form === null || number === null) return form === null;
  // Without a scale of its own it prints as many places as it was given.
  const isFree = type.kind === 'numeric' && !type.hasModifier;
  return isFree ? printDecimal(number) === text : form.prints(number, text);
}
