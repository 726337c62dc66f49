import type { ConversionFor } from '../mapping.js';
import { printDecimal } from './decimal.js';
import { isANumber, numberForm } from './number-form.js';
import { textForm } from './text-form.js';

/** What floats have beside numbers, and numerics too. */
const SPECIALS: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);

/** A number of any type, or a text that spells one, with all the places that it is printed with. */
export const asNumeric: ConversionFor = ({ type }) => {
  const form = numberForm(type);
  if (form === null) return null;
  const { holds } = form;
  const respelled = (golden: string) => `(${golden}::${type.name})::text::numeric`;
  if (type.kind === 'numeric')
    return {
      forward: (value) => value,
      exact: () => true,
      passes: () => true,
      inverse: (golden) => (type.name === 'numeric' ? golden : `${golden}::${type.name}`),
      ...(type.hasModifier && { respelled }),
      holds: (golden) => (type.hasModifier ? holds(golden) : 'true'),
    };
  const isFloat = type.kind.startsWith('float');
  const read = (value: string) => {
    if (isFloat && SPECIALS.has(value)) return value;
    const number = form.read(value);
    return number === null ? null : printDecimal(number);
  };
  const text = textForm(type);
  if (text !== null) {
    const inverse = (golden: string) => text.sql(`${golden}::text`);
    return {
      forward: read,
      exact(value) {
        const number = read(value);
        return number !== null && text.prints(number, value);
      },
      inverse,
      holds: (golden) => `(${isANumber(golden)} and ${text.holds(`${golden}::text`)})`,
    };
  }
  return {
    forward: read,
    exact: (value) => value !== '-0',
    inverse: (golden) => `${golden}::${type.name}`,
    respelled,
    holds,
  };
};
