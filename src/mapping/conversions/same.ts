import type { ConversionFor } from '../mapping.js';

/** Text stays as it is, in a golden column of type text. */
export const same: ConversionFor = ({ type }) => {
  if (type.category !== 'S') return null;
  return {
    forward: (field) => field,
    exact: () => true,
    inverse: (golden) => (type.name === 'text' ? golden : `${golden}::${type.name}`),
  };
};
