/** A decimal number of any size: `digits / 10^scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** More than any float needs, and far less than what a numeric holds. */
const MOST_DIGITS = 2000;

/** The number that a text spells, like `-12`, `+.50` or `1.5e-7`; null where it is none, or very long. */
export function decimalOf(text: string): Decimal | null {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,6}))?$/i.exec(text);
  if (parts === null || text.length > MOST_DIGITS) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  if (whole === '' && fraction === '') return null;
  const digits = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > MOST_DIGITS) return null;
  const signed = sign === '-' ? -digits : digits;
  return scale >= 0 ? { digits: signed, scale } : { digits: signed * 10n ** BigInt(-scale), scale: 0 };
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/** Without zeros at its end; of a whole number also those before the point, where a scale may be negative. */
export function trimmed({ digits, scale }: Decimal, least = 0): Decimal {
  let [left, places] = [digits, scale];
  while (places > least && left % 10n === 0n) {
    left /= 10n;
    places -= 1;
  }
  return { digits: left, scale: places };
}

/** The same number with so many places; null where it has more of them. */
export function withScale(number: Decimal, scale: number): Decimal | null {
  const { digits, scale: places } = trimmed(number);
  return places > scale ? null : { digits: digits * 10n ** BigInt(scale - places), scale };
}

/** As numeric prints it: a scale below zero is written out. */
export function printDecimal({ digits, scale }: Decimal): string {
  if (scale <= 0) return String(digits * 10n ** BigInt(-scale));
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

export function wholeOf(number: Decimal): bigint | null {
  return withScale(number, 0)?.digits ?? null;
}
