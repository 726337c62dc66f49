import { isUuid, uuidBytes } from '../../keys/uuid.js';
import type { ConversionFor } from '../mapping.js';
import { textForm } from './text-form.js';

/** A uuid, or a text that spells one in either case, with its hyphens or without any. */
export const asUuid: ConversionFor = ({ type }) => {
  if (type.kind === 'uuid')
    return {
      forward: uuidBytes,
      exact: () => true,
      passes: () => true,
      inverse: (golden) => (type.name === 'uuid' ? golden : `${golden}::${type.name}`),
      holds: () => 'true',
    };
  const form = type.category === 'E' ? null : textForm(type);
  if (form === null) return null;
  const read = (value: string) => {
    const text = form.read(value);
    return isUuid(text) || /^[0-9a-f]{32}$/i.test(text) ? text : null;
  };
  return {
    forward(value) {
      const text = read(value);
      return text === null ? null : uuidBytes(text);
    },
    exact(value) {
      const text = read(value);
      return text !== null && isUuid(text) && form.prints(text.toLowerCase(), value);
    },
    inverse: (golden) => form.sql(`${golden}::text`),
    holds: (golden) => form.holds(`${golden}::text`),
  };
};
