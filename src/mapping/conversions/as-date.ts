import { DAY, dayBytes, dayOf, INFINITE_DAYS, momentOf } from '../../copy-binary/moments.js';
import type { ConversionFor } from '../mapping.js';
import { textForm } from './text-form.js';
import { inZone, type Zone } from './zone.js';

const MICROSECONDS = 1_000_000n;

/**
 * A day: a date, the day of a timestamp, or a text that spells one in ISO's form. A time of day is residue.
 *
 * @param zone whose days those of a timestamptz are; null: it has none
 */
export function asDate(zone: Zone | null): ConversionFor {
  return ({ type }) => {
    const cast = (value: string) => (type.name === 'date' ? value : `${value}::${type.name}`);
    if (type.kind === 'date')
      return {
        forward: (value) => bytesOf(INFINITE_DAYS.get(value) ?? dayOf(value)),
        exact: () => true,
        passes: () => true,
        inverse: cast,
        holds: () => 'true',
      };
    if (type.kind === 'timestamp' || type.kind === 'timestamptz') {
      const isMoment = type.kind === 'timestamptz';
      if (isMoment && zone === null) return null;
      const ahead = BigInt(isMoment ? (zone?.seconds ?? 0) : 0) * MICROSECONDS;
      const local = (value: string) => (momentOf(value)?.local ?? 0n) + ahead;
      const back = (value: string) =>
        isMoment && zone !== null ? inZone(`${value}::timestamp`, zone) : `${value}::timestamp`;
      return {
        forward(value) {
          const infinite = INFINITE_DAYS.get(value);
          return bytesOf(infinite ?? Number((local(value) - timeOf(local(value))) / DAY));
        },
        exact: (value) => INFINITE_DAYS.has(value) || timeOf(local(value)) === 0n,
        inverse: (value) => `${back(value)}::${type.name}`,
        // Dates go on for longer.
        holds: (value) =>
          `(not isfinite(${value}) or ${value} between '4700-01-01 BC'::date and '294275-12-31'::date)`,
      };
    }
    const form = type.category === 'E' ? null : textForm(type);
    if (form === null) return null;
    const written = (value: string) => `to_char(${value}, 'YYYY-MM-DD')`;
    return {
      forward: (value) => bytesOf(dayOf(form.read(value))),
      exact(value) {
        const text = form.read(value);
        return dayOf(text) !== null && text.length === 'YYYY-MM-DD'.length && form.prints(text, value);
      },
      inverse: (value) => form.sql(written(value)),
      holds: (value) =>
        `(${value} between '0001-01-01'::date and '9999-12-31'::date and ${form.holds(written(value))})`,
    };
  };
}

function bytesOf(day: number | null): string | null {
  return day === null ? null : dayBytes(day);
}

function timeOf(moment: bigint): bigint {
  return ((moment % DAY) + DAY) % DAY;
}
