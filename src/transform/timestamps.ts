import { NULL } from '../copy-text/copy-text.js';

/**
 * Timestamps as text, in the ISO style and in UTC, compared without losing a microsecond: never a Date.
 */

/** A text that sorts, byte by byte, as the timestamp does. */
export function timeKey(time: string): string {
  if (time === 'infinity') return '9';
  if (time === '-infinity') return '0';
  const dash = time.indexOf('-', 1);
  if (time.endsWith(' BC')) {
    const year = String(9_999_999 - Number(time.slice(0, dash))).padStart(7, '0');
    return `1${year}${time.slice(dash, -3)}`;
  }
  return `2${time.slice(0, dash).padStart(7, '0')}${time.slice(dash)}`;
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
  // Texts of four-digit years after Christ sort as they are: '+' of the zone comes before '.' and the digits.
  const [left, right] = isPlain(a) && isPlain(b) ? [a, b] : [timeKey(a), timeKey(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function isPlain(time: string): boolean {
  return time.charCodeAt(4) === DASH && time.charCodeAt(time.length - 1) === ZERO;
}

const DASH = 0x2d;
const ZERO = 0x30;

/** Negative when `a` is later; NULL comes last. */
export function compareLatestFirst(a: string, b: string): number {
  if (a === b) return 0;
  if (a === NULL) return 1;
  if (b === NULL) return -1;
  return compareTimes(b, a);
}

/** How a column of a date or time type becomes a timestamp with time zone; undefined for other types. */
export function timestampReader(kind: string): ((field: string) => string) | undefined {
  switch (kind) {
    case 'timestamptz':
      return (field) => field;
    // Without a time zone: taken as UTC, which is what the applications wrote.
    case 'timestamp':
      return (field) => withZone(field, '+00');
    case 'date':
      return (field) => withZone(field, ' 00:00:00+00');
    default:
      return undefined;
  }
}

function withZone(field: string, zone: string): string {
  if (field === NULL || field.endsWith('infinity')) return field;
  return field.endsWith(' BC') ? `${field.slice(0, -3)}${zone} BC` : field + zone;
}
