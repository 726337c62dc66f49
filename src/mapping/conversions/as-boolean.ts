import type { ConversionFor } from '../mapping.js';

export const asBoolean: ConversionFor = ({ type }) => {
  if (type.kind !== 'bool') return null;
  return {
    forward: (value) => value,
    exact: () => true,
    passes: () => true,
    inverse: (golden) => (type.name === 'boolean' ? golden : `${golden}::${type.name}`),
    holds: () => 'true',
  };
};
