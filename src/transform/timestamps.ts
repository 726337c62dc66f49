import { NULL } from '../copy-binary/values.js';
import { holdsOf } from '../types/builtin.js';

/**
 * Whether values of a type are moments. As Postgres sends them: microseconds as a signed 64-bit number, compared without
 * losing one: never a Date. A moment without time zone is taken as UTC, which is what the applications wrote, and is the
 * same bytes.
 */
export function isMoment(kind: string): boolean {
  return holdsOf(kind) === 'moment';
}

/** Whether values of a type are moments as they are sent, too: a date is made into one first. */
export function isSentAsMoment(kind: string): boolean {
  return isMoment(kind) && kind !== 'date';
}

export function earlier(a: string, b: string): string {
  if (a === NULL || b === NULL) return a === NULL ? b : a;
  return compareTimes(a, b) <= 0 ? a : b;
}

export function later(a: string, b: string): string {
  if (a === NULL || b === NULL) return a === NULL ? b : a;
  return compareTimes(a, b) >= 0 ? a : b;
}

/** Neither may be NULL. */
export function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  // The first bit is the sign; what follows sorts as it is, for negative numbers too.
  const sign = (b.charCodeAt(0) & SIGN) - (a.charCodeAt(0) & SIGN);
  if (sign !== 0) return sign;
  return a < b ? -1 : 1;
}

const SIGN = 0x80;

/** The same of moments where they lie in rows. */
export function compareTimesAt(a: DataView, at: number, b: DataView, other: number): number {
  return a.getInt32(at) - b.getInt32(other) || a.getUint32(at + 4) - b.getUint32(other + 4);
}

export const MOMENT_BYTES = 8;

/** Negative when `a` is later; NULL comes last. */
export function compareLatestFirst(a: string, b: string): number {
  if (a === b) return 0;
  if (a === NULL) return 1;
  if (b === NULL) return -1;
  return compareTimes(b, a);
}
