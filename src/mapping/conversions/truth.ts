import { encode } from '../../copy-binary/values.js';
import { literal } from '../../db/identifier.js';
import type { ConversionFor } from '../mapping.js';
import { wordForm } from './word-form.js';

/**
 * Words, or codes, that say yes and no. The first of each is the one that needs no residue; any other word has no golden
 * value.
 */
export function truth(yes: readonly string[], no: readonly string[]): ConversionFor {
  const words = new Map([
    ...yes.map((word) => [encode(word), 't'] as const),
    ...no.map((word) => [encode(word), 'f'] as const),
  ]);
  const usual = new Map([
    ['t', encode(yes[0] ?? '')],
    ['f', encode(no[0] ?? '')],
  ]);
  return ({ type }) => {
    const form = wordForm(type);
    if (form === null) return null;
    const forward = (value: string) => words.get(form.read(value)) ?? null;
    const raw = (golden: string) =>
      `(case ${golden} when true then ${literal(yes[0] ?? '')} when false then ${literal(no[0] ?? '')} end)`;
    return {
      forward,
      exact(value) {
        const golden = forward(value);
        return golden !== null && form.prints(usual.get(golden) ?? '', value);
      },
      inverse: (golden) => form.sql(raw(golden)),
      holds: (golden) => `(${raw(golden)} is not null and ${form.holds(raw(golden))})`,
    };
  };
}
