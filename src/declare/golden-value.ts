import { dayBytes, dayOf, isFiniteMoment, momentBytes, momentOf } from '../copy-binary/moments.js';
import { encode } from '../copy-binary/values.js';
import { isUuid, uuidBytes } from '../keys/uuid.js';
import { canonicalJson } from '../mapping/conversions/canonical-json.js';
import { decimalOf, printDecimal, wholeOf, withScale } from '../mapping/conversions/decimal.js';
import type { GoldenType } from './model.js';

/** A golden value that is written down as a text; null for what the type cannot hold. */
export function goldenValue(type: GoldenType, text: string): string | null {
  return READERS[type](text);
}

const MICROSECONDS = 1_000_000n;

const READERS: Readonly<Record<GoldenType, (text: string) => string | null>> = {
  text: (text) => (text.isWellFormed() && !text.includes('\0') ? encode(text) : null),
  integer: (text) => whole(text, 31n),
  bigint: (text) => whole(text, 63n),
  numeric(text) {
    const number = decimalOf(text);
    return number === null ? null : printDecimal(number);
  },
  score(text) {
    const number = decimalOf(text);
    const score = number === null ? null : withScale(number, 2);
    return score === null || score.digits < 0n || score.digits > 10_000n ? null : printDecimal(score);
  },
  boolean: (text) => ({ true: 't', t: 't', false: 'f', f: 'f' })[text] ?? null,
  date(text) {
    const day = dayOf(text);
    return day === null ? null : dayBytes(day);
  },
  timestamptz: (text) => moment(text, true),
  timestamp: (text) => moment(text, false),
  uuid: (text) => (isUuid(text) ? uuidBytes(text) : null),
  jsonb(text) {
    const json = canonicalJson(text);
    return json === null ? null : encode(json);
  },
  list: () => null,
  other: () => null,
};

function whole(text: string, bits: bigint): string | null {
  const number = decimalOf(text);
  const digits = number === null ? null : wholeOf(number);
  return digits === null || digits < -(2n ** bits) || digits >= 2n ** bits ? null : String(digits);
}

function moment(text: string, isZoned: boolean): string | null {
  const named = momentOf(text);
  if (named === null || (named.offset !== null) !== isZoned) return null;
  const value = named.local - BigInt(named.offset ?? 0) * MICROSECONDS;
  return isFiniteMoment(value) ? momentBytes(value) : null;
}
