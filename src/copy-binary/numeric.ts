import { int16, type Memory, memoryOf } from './framing.js';
import { remembered } from './memo.js';

/**
 * Decimals as Postgres sends them, and as it prints them. Sent: the number of digits, the weight of the first one,
 * the sign and the number of decimal places, then the digits to the base 10000; two bytes each.
 */

const DIGIT = 10_000;
const SIGNS = { positive: 0, negative: 0x4000, NaN: 0xc000, Infinity: 0xd000, '-Infinity': 0xf000 } as const;

const FOUR_DIGITS = Array.from({ length: DIGIT }, (_, group) => String(DIGIT + group).slice(1));

/** All scores from 0.00 to 100.00, by their number of hundredths. Not by `toFixed`: every command would wait for it. */
const SCORES = Array.from(
  { length: 10_001 },
  (_, hundredths) => `${Math.trunc(hundredths / 100)}.${String(100 + (hundredths % 100)).slice(1)}`,
);
/** The same as bytes, each made when it is first wanted. */
const SCORE_BYTES: (string | undefined)[] = SCORES.map(() => undefined);

/** What Postgres prints for the bytes of a `numeric`. */
export function numericText(bytes: string): string {
  return SCORES[hundredthsIn(bytes)] ?? shortText(bytes) ?? rememberedText(bytes);
}

/** The bytes of a `numeric` that is written as a plain decimal, or that is none: NaN and the infinities. */
export function numericBytes(text: string): string {
  const hundredths = hundredthsOf(text);
  const known = SCORE_BYTES[hundredths];
  if (known !== undefined) return known;
  const score = SCORES[hundredths];
  if (score === undefined) return shortBytes(text) ?? rememberedBytes(text);
  const bytes = generalBytes(score);
  SCORE_BYTES[hundredths] = bytes;
  return bytes;
}

const MOST_REMEMBERED = 16_384;
const rememberedText = remembered(generalText, MOST_REMEMBERED);
const rememberedBytes = remembered(generalBytes, MOST_REMEMBERED);

/**
 * What is printed for a number from 0 to 9999.9999 with four places at most, which is made faster than it would be
 * remembered: of millions with four places, hardly two are the same.
 */
function shortText(bytes: string): string | undefined {
  const count = bytes.charCodeAt(1);
  const places = bytes.charCodeAt(7);
  const rest = bytes.charCodeAt(0) | bytes.charCodeAt(4) | bytes.charCodeAt(5) | bytes.charCodeAt(6);
  if (rest !== 0 || places > 4 || count > 2) return undefined;
  const weight = digitIn(bytes, 2);
  const first = count > 0 ? digitIn(bytes, 8) : 0;
  let whole = 0;
  let fraction = first;
  if (weight === 0) {
    whole = first;
    fraction = count > 1 ? digitIn(bytes, 10) : 0;
  } else if (weight !== 0xffff || count > 1) return undefined;
  if (places === 0) return String(whole);
  const digits = fourDigits(fraction);
  return `${whole}.${places === 4 ? digits : digits.slice(0, places)}`;
}

function digitIn(bytes: string, at: number): number {
  return (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
}

/** The bytes of a number that is written with one digit and four places, like `0.8125`: as fast as they are remembered. */
function shortBytes(text: string): string | undefined {
  if (text.length !== 6 || text.charCodeAt(1) !== POINT) return undefined;
  let fraction = 0;
  for (let at = 2; at < 6; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    fraction = 10 * fraction + digit;
  }
  const whole = text.charCodeAt(0) - ZERO;
  if (whole < 0 || whole > 9) return undefined;
  const digits = fraction === 0 ? '' : int16(fraction);
  if (whole > 0)
    return `${fraction === 0 ? ONE_WITH_FOUR_PLACES : TWO_WITH_FOUR_PLACES}${int16(whole)}${digits}`;
  return `${fraction === 0 ? ZERO_WITH_FOUR_PLACES : FRACTION_OF_FOUR_PLACES}${digits}`;
}

/** What stands before the digits: their number, the weight of the first one, the sign, the places. */
const head = (count: number, weight: number) => [count, weight, SIGNS.positive, 4].map(int16).join('');
const ZERO_WITH_FOUR_PLACES = head(0, 0);
const FRACTION_OF_FOUR_PLACES = head(1, -1);
const ONE_WITH_FOUR_PLACES = head(1, 0);
const TWO_WITH_FOUR_PLACES = head(2, 0);

/** The hundredths of a number from 0.00 to 9999.99 with two places; -1 for others. */
function hundredthsIn(bytes: string): number {
  const length = bytes.length;
  const isPlain = bytes.charCodeAt(5) === 0 && bytes.charCodeAt(4) === 0 && bytes.charCodeAt(7) === 2;
  if (!isPlain || bytes.charCodeAt(6) !== 0) return -1;
  if (length === 8) return 0;
  const first = (bytes.charCodeAt(8) << 8) | bytes.charCodeAt(9);
  // The weight: 0 where the first digit is the whole number, -1 where it is the fraction.
  if (bytes.charCodeAt(2) === 0xff) return bytes.charCodeAt(3) === 0xff && length === 10 ? first / 100 : -1;
  if (bytes.charCodeAt(2) !== 0 || bytes.charCodeAt(3) !== 0 || length > 12) return -1;
  return length === 10
    ? first * 100
    : first * 100 + ((bytes.charCodeAt(10) << 8) | bytes.charCodeAt(11)) / 100;
}

/** How the server sends a plain number with two places, from its weight on: the sign, and the places. */
const PLAIN = 2;

/**
 * The hundredths of a number from 0.00 to 9999.99 with two places, where it lies in memory; -1 for others. Such a
 * number has one way only in which it is sent.
 */
export function hundredthsAt({ view }: Memory, from: number, to: number): number {
  const length = to - from;
  if (length < 8 || length > 12 || view.getInt32(from + 4) !== PLAIN) return -1;
  if (length === 8) return 0;
  const first = view.getUint16(from + 8);
  const weight = view.getInt16(from + 2);
  if (weight === -1) return length === 10 ? first / 100 : -1;
  if (weight !== 0) return -1;
  return length === 10 ? 100 * first : 100 * first + view.getUint16(from + 10) / 100;
}

/** The digits of all scores, each at its number of hundredths times `SCORE_WIDTH`. */
export const SCORE_DIGITS: Memory = memoryOf(Buffer.from(SCORES.map((text) => text.padEnd(6)).join('')));
export const SCORE_WIDTH = 6;

/** The number of digits and points of a score that is so many hundredths. */
export function scoreLength(hundredths: number): number {
  return (SCORES[hundredths] as string).length;
}

/** The hundredths of a number that is written with two places, like `7.21`; -1 for others. */
function hundredthsOf(text: string): number {
  const length = text.length;
  if (length < 4 || length > 6 || text.charCodeAt(length - 3) !== POINT) return -1;
  let value = 0;
  for (let at = 0; at < length; at += 1) {
    if (at === length - 3) continue;
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const POINT = 0x2e;
const ZERO = 0x30;

/** The infinities have a place more than a number can have. */
const SPECIAL_BYTES: ReadonlyMap<string, string> = new Map([
  ['NaN', [0, 0, SIGNS.NaN, 0].map(int16).join('')],
  ['Infinity', [0, 0, SIGNS.Infinity, 0x20].map(int16).join('')],
  ['-Infinity', [0, 0, SIGNS['-Infinity'], 0x20].map(int16).join('')],
]);

function generalText(bytes: string): string {
  const at = (index: number) => (bytes.charCodeAt(2 * index) << 8) | bytes.charCodeAt(2 * index + 1);
  const [count, weight, sign, places] = [at(0), (at(1) << 16) >> 16, at(2), at(3)];
  if (sign === SIGNS.NaN) return 'NaN';
  if (sign === SIGNS.Infinity) return 'Infinity';
  if (sign === SIGNS['-Infinity']) return '-Infinity';
  const group = (power: number) => {
    const index = weight - power;
    return index >= 0 && index < count ? at(4 + index) : 0;
  };
  let text = sign === SIGNS.negative ? '-' : '';
  if (weight < 0) text += '0';
  for (let power = weight; power >= 0; power -= 1)
    text += power === weight ? String(group(power)) : fourDigits(group(power));
  if (places === 0) return text;
  let fraction = '';
  for (let power = -1; fraction.length < places; power -= 1) fraction += fourDigits(group(power));
  return `${text}.${fraction.slice(0, places)}`;
}

function generalBytes(text: string): string {
  const special = SPECIAL_BYTES.get(text);
  if (special !== undefined) return special;
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (parts === null) throw new Error(`not a plain decimal: ${text}`);
  const [, sign, whole = '', fraction = ''] = parts;
  const groups = Math.ceil(whole.length / 4);
  const digits = [
    ...(whole.padStart(4 * groups, '0') + fraction.padEnd(4 * Math.ceil(fraction.length / 4), '0')).matchAll(
      /\d{4}/g,
    ),
  ].map(Number);
  let weight = groups - 1;
  while (digits[0] === 0) {
    digits.shift();
    weight -= 1;
  }
  while (digits.at(-1) === 0) digits.pop();
  if (digits.length === 0) weight = 0;
  const negative = sign === '-' && digits.length > 0;
  const head = [digits.length, weight, negative ? SIGNS.negative : SIGNS.positive, fraction.length];
  return [...head, ...digits].map(int16).join('');
}

function fourDigits(group: number): string {
  return FOUR_DIGITS[group] as string;
}
