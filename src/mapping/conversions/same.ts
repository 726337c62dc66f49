import { isReadable } from '../../copy-binary/decode.js';
import type { ConversionFor } from '../mapping.js';

/** SQL: a value as it is sent. A cast to text would cut the blanks of char(n). */
export function printed(value: string): string {
  return `(case when (${value}) is not null then concat(${value}) end)`;
}

/** SQL: whether two values print the same, whatever their collations are. A cast cuts what is too long. */
export function sameText(a: string, b: string): string {
  return `${printed(a)} collate "C" = ${printed(b)} collate "C"`;
}

/** Text stays as it is, in a golden column of type text. */
export const same: ConversionFor = ({ type }) => {
  if (type.category !== 'S' || !isReadable(type)) return null;
  const inverse = (golden: string) => (type.name === 'text' ? golden : `${golden}::${type.name}`);
  return {
    forward: (value) => value,
    exact: () => true,
    passes: () => true,
    inverse,
    holds: (golden) => (type.name === 'text' ? 'true' : sameText(inverse(golden), golden)),
  };
};
