import type { ConversionFor } from '../mapping.js';

/** ASCII only: bytes above 0x7f are parts of characters here. */
const upper = (field: string) => field.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
const lower = (field: string) => field.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** A vocabulary that dlt writes in lower case and everyone else in upper case; the golden value is upper case. */
export const upperCase: ConversionFor = ({ type }, shape) => {
  if (type.category !== 'S') return null;
  const written = shape === 'dlt' ? lower : upper;
  return {
    forward: upper,
    exact: (field) => field === written(field),
    // The collation C changes ASCII letters only, like the functions above.
    inverse: (golden) =>
      shape === 'dlt' ? `lower(${golden} collate "C")::${type.name}` : `${golden}::${type.name}`,
  };
};
