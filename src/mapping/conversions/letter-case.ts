import type { ConversionFor } from '../mapping.js';

/** ASCII only (bytes above 0x7f are parts of characters here), and never the letter of a COPY escape such as `\n`. */
const upper = (field: string) => changeLetters(field, /\\.|[a-z]+/gs, (letters) => letters.toUpperCase());
const lower = (field: string) => changeLetters(field, /\\.|[A-Z]+/gs, (letters) => letters.toLowerCase());

function changeLetters(field: string, pattern: RegExp, change: (letters: string) => string): string {
  return field.replace(pattern, (found) => (found.startsWith('\\') ? found : change(found)));
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A vocabulary that dlt writes in lower case and everyone else in upper case; the golden value is upper case. */
export const upperCase: ConversionFor = ({ type }, shape) => {
  if (!['S', 'E'].includes(type.category)) return null;
  const written = shape === 'dlt' ? lower : upper;
  return {
    forward: upper,
    exact: (field) => field === written(field),
    // ASCII letters only, like the functions above; lower() would want a collation, and hand it on to the view.
    inverse: (golden) =>
      shape === 'dlt'
        ? `translate(${golden}, '${LETTERS}', '${lower(LETTERS)}')::${type.name}`
        : `${golden}::${type.name}`,
  };
};
