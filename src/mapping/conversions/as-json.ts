import { remembered } from '../../copy-binary/memo.js';
import { decode, encode } from '../../copy-binary/values.js';
import type { ConversionFor } from '../mapping.js';
import { canonicalJson } from './canonical-json.js';
import { textForm } from './text-form.js';

/** A document: jsonb; or json, or a text that is JSON, of which the spelling is residue where jsonb prints another one. */
export const asJson: ConversionFor = ({ type }) => {
  if (type.kind === 'jsonb')
    return {
      forward: (value) => value,
      exact: () => true,
      passes: () => true,
      inverse: (golden) => (type.name === 'jsonb' ? golden : `${golden}::${type.name}`),
      holds: () => 'true',
    };
  // The same value is asked for several times in a row.
  const canonical = remembered((value: string) => {
    const text = canonicalJson(decode(value));
    return text === null ? null : encode(text);
  }, MOST_REMEMBERED);
  if (type.kind === 'json')
    return {
      forward: canonical,
      exact: (value) => canonical(value) === value,
      inverse: (golden) => `${golden}::text::${type.name}`,
      holds: () => 'true',
    };
  const form = type.category === 'E' ? null : textForm(type);
  if (form === null) return null;
  return {
    forward: (value) => canonical(form.read(value)),
    exact(value) {
      const text = form.read(value);
      return canonical(text) === text && form.prints(text, value);
    },
    inverse: (golden) => form.sql(`${golden}::text`),
    holds: (golden) => form.holds(`${golden}::text`),
  };
};

const MOST_REMEMBERED = 1024;
