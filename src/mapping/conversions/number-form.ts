import type { ColumnType } from '../../legacy/catalog.js';
import { type Decimal, decimalOf, printDecimal, trimmed, wholeOf, withScale } from './decimal.js';
import { textForm } from './text-form.js';

/** How a legacy type holds a number: what a conversion reads, and what its inverse gives back. */
export interface NumberForm {
  /** The number that a value says; null for none, and for what is not finite. */
  read(value: string): Decimal | null;
  /** Whether `sql` of this number prints as the value. */
  prints(number: Decimal, value: string): boolean;
  /** SQL of the legacy type from an expression of type numeric. */
  sql(numeric: string): string;
  /** SQL condition: the legacy type holds this number exactly. */
  holds(numeric: string): string;
}

const WHOLE: ReadonlyMap<string, readonly [least: string, most: string]> = new Map([
  ['int2', ['-32768', '32767']],
  ['int4', ['-2147483648', '2147483647']],
  ['int8', ['-9223372036854775808', '9223372036854775807']],
]);

/** The sizes between which every number with few enough digits is one of the type. */
const FLOATS: ReadonlyMap<string, readonly [least: string, most: string]> = new Map([
  ['float4', ['1e-37', '1e38']],
  ['float8', ['1e-300', '1e300']],
]);

/** Numbers of any type, and texts that spell one; null for other types. */
export function numberForm(type: ColumnType): NumberForm | null {
  const cast = (expression: string) => `(${expression})::${type.name}`;
  const whole = WHOLE.get(type.kind);
  if (whole !== undefined)
    return {
      read: decimalOf,
      prints: (number, value) => String(wholeOf(number)) === value,
      sql: cast,
      holds: (numeric) =>
        `(${numeric} = trunc(${numeric}) and ${numeric} between ${whole[0]} and ${whole[1]})`,
    };
  const float = FLOATS.get(type.kind);
  if (float !== undefined)
    return {
      read: decimalOf,
      prints: (number, value) => isSame(number, value) && value !== '-0',
      sql: cast,
      holds: (numeric) =>
        `(case when ${numeric} = 0 or abs(${numeric}) between ${float[0]} and ${float[1]} then (${cast(numeric)})::text::numeric = ${numeric} else false end)`,
    };
  if (type.kind === 'numeric') return type.hasModifier ? fixed(type) : free(cast);
  return spelled(type);
}

function isSame(number: Decimal, value: string): boolean {
  const other = decimalOf(value);
  if (other === null) return false;
  const [a, b] = [trimmed(number), trimmed(other)];
  return a.digits === b.digits && a.scale === b.scale;
}

function fixed(type: ColumnType): NumberForm {
  const scale = type.scale ?? 0;
  const precision = Number(/\((\d+)/.exec(type.base)?.[1] ?? '0');
  return {
    read: decimalOf,
    prints(number, value) {
      const stored = withScale(number, Math.max(0, scale));
      return stored !== null && printDecimal(stored) === value;
    },
    sql: (numeric) => `(${numeric})::${type.name}`,
    holds: (numeric) =>
      `(${numeric} = round(${numeric}, ${scale}) and abs(${numeric}) < 1e${precision - scale}::numeric)`,
  };
}

/** NaN is larger than any other. */
export const isANumber = (numeric: string) => `(abs(${numeric}) < 'Infinity'::numeric)`;

const printsTrimmed = (number: Decimal, value: string) => printDecimal(trimmed(number)) === value;

function free(cast: (expression: string) => string): NumberForm {
  return {
    read: decimalOf,
    prints: printsTrimmed,
    sql: (numeric) => cast(`trim_scale(${numeric})`),
    holds: isANumber,
  };
}

function spelled(type: ColumnType): NumberForm | null {
  const form = type.category === 'E' ? null : textForm(type);
  if (form === null) return null;
  const text = (numeric: string) => `trim_scale(${numeric})::text`;
  return {
    read: (value) => decimalOf(form.read(value).replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '')),
    prints: (number, value) => form.prints(printDecimal(trimmed(number)), value),
    sql: (numeric) => form.sql(text(numeric)),
    holds: (numeric) => `(${isANumber(numeric)} and ${form.holds(text(numeric))})`,
  };
}
