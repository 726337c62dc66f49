import {
  DAY,
  dayOf,
  INFINITE_MOMENTS,
  isFiniteMoment,
  momentBytes,
  momentOf,
} from '../../copy-binary/moments.js';
import type { Conversion, ConversionFor } from '../mapping.js';
import { type TextForm, textForm } from './text-form.js';
import { inZone, type Zone } from './zone.js';

type GoldenMoment = 'timestamptz' | 'timestamp';

/**
 * A moment: a timestamp with or without time zone, a date, or a text that spells one in ISO's form.
 *
 * @param zone whose clocks showed the times that name no zone; null: between these and moments there is no way
 */
export function asMoment(golden: GoldenMoment, zone: Zone | null): ConversionFor {
  const read = (value: string) => readMoment(golden, zone, value);
  const forward = (value: string) => {
    const moment = read(value);
    return moment === null ? null : momentBytes(moment);
  };
  const isRead = (value: string) => read(value) !== null;
  /** Of a time that names no zone, from the golden value. */
  const shown = (value: string) => (golden === 'timestamp' || zone === null ? value : inZone(value, zone));

  return ({ type }) => {
    const cast = (value: string) => `${value}::${type.name}`;
    if (type.kind === golden)
      return {
        forward,
        exact: () => true,
        passes: () => true,
        inverse: cast,
        holds: (value) => (type.hasModifier ? within(golden, value, `${cast(value)} = ${value}`) : 'true'),
      };
    if (type.kind === 'timestamp' || type.kind === 'timestamptz') {
      if (zone === null) return null;
      return {
        forward,
        exact: isRead,
        ...(zone.seconds === 0 && { passes: () => true }),
        inverse: (value) => cast(inZone(value, zone)),
        holds: (value) => within(golden, value, `${inZone(cast(inZone(value, zone)), zone)} = ${value}`),
      };
    }
    if (type.kind === 'date') {
      if (golden === 'timestamptz' && zone === null) return null;
      return {
        forward,
        exact: isRead,
        inverse: (value) => cast(shown(value)),
        holds: (value) => within(golden, value, `${cast(shown(value))}::timestamp = ${shown(value)}`),
      };
    }
    const form = type.category === 'E' ? null : textForm(type);
    return form === null ? null : spelledMoment(golden, zone, form);
  };
}

/** Microseconds; null for what names no moment of the golden type, or one that it has no room for. */
function readMoment(golden: GoldenMoment, zone: Zone | null, value: string): bigint | null {
  const infinite = INFINITE_MOMENTS.get(value);
  if (infinite !== undefined) return infinite;
  const day = dayOf(value);
  const named = day === null ? momentOf(value) : { local: BigInt(day) * DAY, offset: null };
  if (named === null) return null;
  const { local, offset } = named;
  const given = local - BigInt(offset ?? 0) * MICROSECONDS;
  if ((golden === 'timestamptz') !== (offset === null)) return isFiniteMoment(given) ? given : null;
  if (zone === null) return null;
  const ahead = BigInt(zone.seconds) * MICROSECONDS;
  const moment = golden === 'timestamptz' ? given - ahead : given + ahead;
  // On its way back it is shifted again.
  return isFiniteMoment(given) && isFiniteMoment(moment) ? moment : null;
}

/** SQL: a condition on values so far from the ends of their type that nothing is out of range. */
function within(golden: GoldenMoment, value: string, condition: string): string {
  const range = `${value} between '4700-01-01 BC'::${golden} and '294270-01-01'::${golden}`;
  return `(case when ${range} or not isfinite(${value}) then ${condition} else false end)`;
}

const MICROSECONDS = 1_000_000n;

/** What a text has to be to be printed again, and how. */
const WRITTEN = {
  moment: {
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    format: `YYYY-MM-DD"T"HH24:MI:SS.MS"Z"`,
  },
  time: { pattern: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, format: 'YYYY-MM-DD HH24:MI:SS' },
} as const;

/** Most moments are written like `2024-02-29T12:30:00.000Z`, and most times like `2024-02-29 12:30:00`; others are residue. */
function spelledMoment(golden: GoldenMoment, zone: Zone | null, form: TextForm): Conversion {
  const isMoment = golden === 'timestamptz' && zone === null;
  const { pattern, format } = isMoment ? WRITTEN.moment : WRITTEN.time;
  const local = (value: string) => (golden === 'timestamp' ? value : inZone(value, zone ?? { seconds: 0 }));
  const written = (value: string) => `to_char(${local(value)}, '${format}')`;
  const read = (value: string) => {
    const text = form.read(value);
    // A text may say it, but none of the days that there are is meant.
    return text.endsWith('infinity') ? null : readMoment(golden, zone, text);
  };
  return {
    forward(value) {
      const moment = read(value);
      return moment === null ? null : momentBytes(moment);
    },
    exact(value) {
      const text = form.read(value);
      return read(value) !== null && pattern.test(text) && form.prints(text, value);
    },
    inverse: (value) => form.sql(written(value)),
    holds: (value) =>
      within(
        golden,
        value,
        `${local(value)} between '0001-01-01'::timestamp and '9999-12-31 23:59:59.999'::timestamp and date_trunc('${isMoment ? 'milliseconds' : 'second'}', ${value}) = ${value} and ${form.holds(written(value))}`,
      ),
  };
}
