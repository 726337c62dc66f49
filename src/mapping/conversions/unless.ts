import { encode } from '../../copy-binary/values.js';
import { literal } from '../../db/identifier.js';
import type { ConversionFor } from '../mapping.js';
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
    if (inner === null) return null;
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
