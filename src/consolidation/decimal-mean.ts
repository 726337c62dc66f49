import { NULL } from '../copy-binary/values.js';

export interface MeanRule {
  /** Of the type `numeric(precision,scale)` that the mean has to have room in. */
  readonly precision: number;
  readonly scale: number;
  /** Decimal numbers; values below the first of them, or above the second, are left out. Null: none are. */
  readonly least: string | null;
  readonly most: string | null;
}

interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/** The mean of decimals of any scale, exact until it is rounded half up, away from zero, at the end. */
export class DecimalMean {
  readonly #rule: MeanRule;
  readonly #least: Decimal | null;
  readonly #most: Decimal | null;
  /** Whether the bounds leave none of the short ones out. */
  readonly #takesShort: boolean;
  /** Of values below 10 with four places at most, in ten-thousandths: often all of them, and exact below 2^53. */
  #short = 0;
  /** Of the others, in parts of 10^places. */
  #sum = 0n;
  #places = 0;
  #count = 0;

  constructor(rule: MeanRule) {
    this.#rule = rule;
    this.#least = rule.least === null ? null : decimalOf(rule.least);
    this.#most = rule.most === null ? null : decimalOf(rule.most);
    this.#takesShort =
      this.#isWithin({ digits: 0n, places: 0 }) && this.#isWithin({ digits: 10n, places: 0 });
  }

  clear(): void {
    this.#short = 0;
    this.#sum = 0n;
    this.#places = 0;
    this.#count = 0;
  }

  /** @param value - a number as the server prints it; NULL, NaN, an infinity, and what is no number, are left out */
  enter(value: string): void {
    const short = this.#takesShort ? tenThousandths(value) : -1;
    if (short >= 0 && this.#short < MOST_SHORT) {
      this.#short += short;
      this.#count += 1;
      return;
    }
    const decimal = decimalOf(value);
    if (decimal === null || !this.#isWithin(decimal)) return;
    const places = Math.max(this.#places, decimal.places);
    this.#sum = scaled(this.#sum, places - this.#places) + scaled(decimal.digits, places - decimal.places);
    this.#places = places;
    this.#count += 1;
  }

  /** As the type prints it; NULL without values, or where it has no room for the mean. */
  value(): string {
    if (this.#count === 0) return NULL;
    const { precision, scale } = this.#rule;
    const rounded = this.#rounded();
    const isNegative = rounded < 0n;
    const digits = String(isNegative ? -rounded : rounded).padStart(scale + 1, '0');
    const whole = digits.slice(0, digits.length - scale);
    if (digits.replace(/^0+/, '').length > precision) return NULL;
    return `${isNegative ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
  }

  #isWithin(value: Decimal): boolean {
    return (
      (this.#least === null || compare(value, this.#least) >= 0) &&
      (this.#most === null || compare(value, this.#most) <= 0)
    );
  }

  /** In parts of 10^scale. */
  #rounded(): bigint {
    const [short, count] = [this.#short, this.#count];
    // Below it, nothing is lost by a division.
    if (this.#sum === 0n && short < MOST_DIVIDED && this.#rule.scale === SHORT_PLACES)
      return BigInt(Math.floor((2 * short + count) / (2 * count)));
    const places = Math.max(this.#places, SHORT_PLACES, this.#rule.scale);
    const sum = scaled(this.#sum, places - this.#places) + scaled(BigInt(short), places - SHORT_PLACES);
    const unit = scaled(BigInt(count), places - this.#rule.scale);
    const size = sum < 0n ? -sum : sum;
    const rounded = (2n * size + unit) / (2n * unit);
    return sum < 0n ? -rounded : rounded;
  }
}

const SHORT_PLACES = 4;
const MOST_SHORT = 2 ** 52;
const MOST_DIVIDED = 2 ** 50;
const POINT = 0x2e;
const ZERO = 0x30;

/** More digits than any number that the server stores has. */
const MOST_DIGITS = 200_000;

function decimalOf(text: string): Decimal | null {
  const parts = /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d{1,6}))?$/i.exec(text);
  if (parts === null) return null;
  const [, whole = '', fraction = '', exponent = '0'] = parts;
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  if (Math.abs(places) > MOST_DIGITS) return null;
  return places < 0 ? { digits: scaled(digits, -places), places: 0 } : { digits, places };
}

function scaled(digits: bigint, by: number): bigint {
  return by === 0 ? digits : digits * 10n ** BigInt(by);
}

function compare(a: Decimal, b: Decimal): number {
  const places = Math.max(a.places, b.places);
  const difference = scaled(a.digits, places - a.places) - scaled(b.digits, places - b.places);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** The ten-thousandths of a decimal below 10 with four places at most, like `0.8125`; -1 for any other text. */
function tenThousandths(text: string): number {
  const { length } = text;
  if (length === 0 || length > 6 || (length > 1 && text.charCodeAt(1) !== POINT) || length === 2) return -1;
  let value = 0;
  for (let at = 0; at < 6; at += 1) {
    if (at === 1) continue;
    const digit = at < length ? text.charCodeAt(at) - ZERO : 0;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
