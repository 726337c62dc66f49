import { encode } from '../../copy-binary/values.js';
import type { Conversion, ConversionFor } from '../mapping.js';
import { textForm } from './text-form.js';

const WHOLE: ReadonlyMap<string, string> = new Map([
  ['int2', '32767'],
  ['int4', '2147483647'],
  ['int8', '9223372036854775807'],
]);

/** A text of any type, without the blanks of a `char(n)`; an enum's words; whole numbers and uuids as they are printed. */
export const asText: ConversionFor = ({ type }) => {
  const form = textForm(type);
  if (form !== null) {
    const isPadded = type.kind === 'bpchar';
    return {
      forward: form.read,
      exact: (value) => form.prints(form.read(value), value),
      ...(!isPadded && { passes: () => true }),
      inverse: form.sql,
      holds: form.holds,
    };
  }
  const most = WHOLE.get(type.kind);
  if (most !== undefined)
    return printedAs(type.name, (golden) => {
      const isWhole = `${golden} collate "C" ~ '^(0|-?[1-9][0-9]{0,${most.length - 1}})$'`;
      return `(case when ${isWhole} then abs(${golden}::numeric) <= ${most} else false end)`;
    });
  if (type.kind === 'uuid')
    return printedAs(
      type.name,
      (golden) => `(${golden} collate "C" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')`,
    );
  return null;
};

function printedAs(type: string, holds: Conversion['holds']): Conversion {
  return {
    forward: encode,
    exact: () => true,
    inverse: (golden) => `${golden}::${type}`,
    holds,
  };
}
