import { isFiniteMoment, momentBytes } from '../../copy-binary/moments.js';
import type { ConversionFor } from '../mapping.js';
import { type Decimal, times } from './decimal.js';
import { numberForm } from './number-form.js';

/** Microseconds from 1970 to 2000, where ours begin. */
const MICROSECONDS_TO_2000 = 946_684_800_000_000n;

const UNITS = {
  seconds: { micros: 1_000_000n, sql: (moment: string) => `extract(epoch from ${moment})` },
  milliseconds: { micros: 1000n, sql: (moment: string) => `(extract(epoch from ${moment}) * 1000)` },
} as const;

/** Seconds or milliseconds since 1970, as a number of any type or as a text, become a timestamptz; parts of a microsecond are residue. */
export function epoch(unit: keyof typeof UNITS): ConversionFor {
  const { micros, sql } = UNITS[unit];
  return ({ type }) => {
    const form = numberForm(type);
    if (form === null) return null;
    const read = (value: string) => {
      const number = form.read(value);
      if (number === null) return null;
      const { whole, exact } = rounded(times(number, { digits: micros, scale: 0 }));
      const moment = whole - MICROSECONDS_TO_2000;
      return isFiniteMoment(moment) ? { moment, exact: exact && form.prints(number, value) } : null;
    };
    return {
      forward(value) {
        const found = read(value);
        return found === null ? null : momentBytes(found.moment);
      },
      exact: (value) => read(value)?.exact === true,
      inverse: (golden) => form.sql(sql(golden)),
      holds: (golden) => `(isfinite(${golden}) and ${form.holds(sql(golden))})`,
    };
  };
}

/** Halves away from zero. */
function rounded({ digits, scale }: Decimal): { readonly whole: bigint; readonly exact: boolean } {
  const unit = 10n ** BigInt(scale);
  const rest = digits % unit;
  const away = 2n * (rest < 0n ? -rest : rest) >= unit ? (rest < 0n ? -1n : 1n) : 0n;
  return { whole: digits / unit + (scale === 0 ? 0n : away), exact: rest === 0n };
}
