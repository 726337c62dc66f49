import { isReadable } from '../../copy-binary/decode.js';
import type { ConversionFor } from '../mapping.js';

/** Text stays as it is, in a golden column of type text. */
export const same: ConversionFor = ({ type }) => {
  if (type.category !== 'S' || !isReadable(type)) return null;
  return {
    forward: (value) => value,
    exact: () => true,
    passes: () => true,
    inverse: (golden) => (type.name === 'text' ? golden : `${golden}::${type.name}`),
  };
};
