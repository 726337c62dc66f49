import { isReadable } from '../../copy-binary/decode.js';
import type { ConversionFor } from '../mapping.js';
import { printed, sameText } from './same.js';

/** ASCII only: bytes above 0x7f are parts of characters here. */
const upper = (value: string) => value.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
const lower = (value: string) => value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * A vocabulary of which the golden value is upper case.
 *
 * @param lowerIn shapes of the table that write it in lower case
 */
export const upperCase =
  (lowerIn: readonly string[]): ConversionFor =>
  ({ type }, shape) => {
    if (!['S', 'E'].includes(type.category) || !isReadable(type)) return null;
    const written = lowerIn.includes(shape) ? lower : upper;
    // ASCII letters only, like the functions above; lower() would want a collation, and hand it on to the view.
    const inverse = (golden: string) =>
      lowerIn.includes(shape)
        ? `translate(${golden}, '${LETTERS}', '${lower(LETTERS)}')::${type.name}`
        : `${golden}::${type.name}`;
    return {
      forward: upper,
      exact: (value) => value === written(value),
      inverse,
      holds: (golden) =>
        sameText(`translate(${printed(inverse(golden))}, '${lower(LETTERS)}', '${LETTERS}')`, golden),
    };
  };
