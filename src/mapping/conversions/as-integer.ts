import type { ConversionFor } from '../mapping.js';
import { wholeOf } from './decimal.js';
import { numberForm } from './number-form.js';

const TYPES = {
  integer: { kind: 'int4', least: -(2n ** 31n), most: 2n ** 31n - 1n },
  bigint: { kind: 'int8', least: -(2n ** 63n), most: 2n ** 63n - 1n },
} as const;

/** A whole number of any type, or a text that spells one. What has a fraction, or is out of range, has no golden value. */
export function asInteger(golden: keyof typeof TYPES): ConversionFor {
  const { kind, least, most } = TYPES[golden];
  return ({ type }) => {
    const form = numberForm(type);
    if (form === null) return null;
    const read = (value: string) => {
      const number = form.read(value);
      const whole = number === null ? null : wholeOf(number);
      return whole === null || whole < least || whole > most ? null : whole;
    };
    return {
      forward: (value) => read(value)?.toString() ?? null,
      exact(value) {
        const digits = read(value);
        return digits !== null && form.prints({ digits, scale: 0 }, value);
      },
      ...(type.kind === kind && { passes: () => true }),
      inverse: (value) => form.sql(`${value}::numeric`),
      holds: (value) => form.holds(`${value}::numeric`),
    };
  };
}
