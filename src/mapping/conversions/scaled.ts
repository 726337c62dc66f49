import type { ConversionFor } from '../mapping.js';
import { type Decimal, decimalOf, printDecimal, times, trimmed, wholeOf } from './decimal.js';
import { numberForm } from './number-form.js';

/** A number in another unit, exactly: cents that become units by the factor 0.01. */
export function scaled(factor: string, golden: 'numeric' | 'integer' | 'bigint'): ConversionFor {
  const by = decimalOf(factor);
  if (by === null || by.digits === 0n) throw new Error(`${factor} is no factor`);
  const unit = trimmed(by, -Infinity);
  const back = reciprocal(unit);
  const most = { numeric: null, integer: 2n ** 31n, bigint: 2n ** 63n }[golden];
  /** SQL of the number before, from the golden one. */
  const before = (value: string) =>
    back === null
      ? `round(${value}::numeric / ${printDecimal(unit)}, ${MOST_PLACES})`
      : `(${value}::numeric * ${printDecimal(back)})`;
  return ({ type }) => {
    const form = numberForm(type);
    if (form === null) return null;
    const forward = (value: string) => {
      const number = form.read(value);
      if (number === null) return null;
      const product = times(number, unit);
      if (most === null) return printDecimal(product);
      const whole = wholeOf(product);
      return whole === null || whole < -most || whole >= most ? null : String(whole);
    };
    return {
      forward,
      exact(value) {
        const number = form.read(value);
        if (number === null || forward(value) === null || !form.prints(number, value)) return false;
        return back !== null || isShort(number);
      },
      inverse: (value) => form.sql(before(value)),
      ...(most === null && {
        // As many places as the number has, and the unit.
        respelled: (value: string) =>
          `(select round(x.v * ${printDecimal(unit)}, greatest(0, scale(x.v) + ${unit.scale})) from (select (${form.sql(before(value))})::text::numeric as v) x)`,
      }),
      holds: (value) =>
        `(${form.holds(before(value))}${back === null ? ` and ${before(value)} * ${printDecimal(unit)} = ${value}::numeric` : ''})`,
    };
  };
}

/** Of what a division gives, where its result does not end. */
const MOST_PLACES = 10;

/** Whether a division that gives this number is exact: the server makes sixteen digits at least. */
function isShort(number: Decimal): boolean {
  const { digits, scale } = trimmed(number);
  return scale <= MOST_PLACES && String(digits).length <= 15;
}

/** A decimal that has an end; null where one divided by the number has none. */
function reciprocal({ digits, scale }: Decimal): Decimal | null {
  let left = digits;
  let places = 0;
  while (left % 10n === 0n) {
    left /= 10n;
    places += 1;
  }
  let product = 1n;
  for (const [prime, other] of [
    [2n, 5n],
    [5n, 2n],
  ] as const)
    while (left % prime === 0n) {
      left /= prime;
      product *= other;
      places += 1;
    }
  return left === 1n || left === -1n
    ? trimmed({ digits: left * product, scale: places - scale }, -Infinity)
    : null;
}
