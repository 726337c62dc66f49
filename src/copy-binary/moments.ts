/**
 * Days and moments between what Postgres sends and what it prints in ISO style and UTC: days, or microseconds, since 2000. Never
 * by way of a Date, which drops microseconds and ends 20,000 years too soon.
 */

export const DAY = 86_400_000_000n;
const SECOND = 1_000_000n;
/** Days from 0000-03-01, where leap days end the years, to 2000-01-01. */
const FIRST_DAY = 719_468 + 10_957;
const DAYS_OF_400_YEARS = 146_097;
/** The first and the last day of a `date`, and the first and the last moment but one of a `timestamp`. */
const DAYS = { first: -2_451_545, last: 2_145_031_948 };
const MOMENTS = { first: -211_813_488_000_000_000n, end: 9_223_371_331_200_000_000n };
/** By name. */
export const INFINITE_DAYS: ReadonlyMap<string, number> = new Map([
  ['infinity', 0x7fffffff],
  ['-infinity', -0x80000000],
]);
export const INFINITE_MOMENTS: ReadonlyMap<string, bigint> = new Map([
  ['infinity', 0x7fffffffffffffffn],
  ['-infinity', -0x8000000000000000n],
]);

function isDay(days: number): boolean {
  return days >= DAYS.first && days <= DAYS.last;
}

export function isFiniteMoment(moment: bigint): boolean {
  return moment >= MOMENTS.first && moment < MOMENTS.end;
}

/** What Postgres prints for the bytes of a `date`. */
export function dateText(bytes: string): string {
  const days = Buffer.from(bytes, 'latin1').readInt32BE();
  for (const [name, value] of INFINITE_DAYS) if (days === value) return name;
  const { date, era } = calendar(days);
  return date + era;
}

/** What Postgres prints for the bytes of a `timestamp`. */
export function timestampText(bytes: string): string {
  return momentText(bytes, '');
}

/** What Postgres prints for the bytes of a `timestamptz`, in UTC. */
export function timestamptzText(bytes: string): string {
  return momentText(bytes, '+00');
}

function momentText(bytes: string, zone: string): string {
  const moment = momentIn(bytes);
  for (const [name, value] of INFINITE_MOMENTS) if (moment === value) return name;
  const time = ((moment % DAY) + DAY) % DAY;
  const { date, era } = calendar(Number((moment - time) / DAY));
  const seconds = Number(time / SECOND);
  const clock = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60, seconds % 60].map(two).join(':');
  const micros = String(time % SECOND)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${date} ${clock}${micros === '' ? '' : `.${micros}`}${zone}${era}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function calendar(days: number): { readonly date: string; readonly era: string } {
  const since = days + FIRST_DAY;
  const cycle = Math.floor(since / DAYS_OF_400_YEARS);
  const day = since - cycle * DAYS_OF_400_YEARS;
  const year = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  );
  const ofYear = day - daysBefore(year);
  const month = Math.floor((5 * ofYear + 2) / 153);
  const ofMonth = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const isNext = month >= 10;
  const counted = 400 * cycle + year + (isNext ? 1 : 0);
  const named = String(counted > 0 ? counted : 1 - counted).padStart(4, '0');
  return {
    date: `${named}-${two(isNext ? month - 9 : month + 3)}-${two(ofMonth)}`,
    era: counted > 0 ? '' : ' BC',
  };
}

/** Days of a cycle before a year of it. */
function daysBefore(year: number): number {
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100);
}

/** The days that a text of ISO's form names, like `2024-02-29` or `0044-03-15 BC`; null for none. */
export function dayOf(text: string): number | null {
  const parts = /^(\d{4,7})-(\d\d)-(\d\d)( BC)?$/.exec(text);
  if (parts === null) return null;
  const [, year = '', month = '', day = '', era] = parts;
  const counted = era === undefined ? Number(year) : 1 - Number(year);
  if (Number(year) === 0) return null;
  const [numbered, ofMonth] = [Number(month), Number(day)];
  if (numbered < 1 || numbered > 12 || ofMonth < 1) return null;
  const fromMarch = numbered > 2 ? numbered - 3 : numbered + 9;
  const whole = numbered > 2 ? counted : counted - 1;
  const cycle = Math.floor(whole / 400);
  const ofYear = Math.floor((153 * fromMarch + 2) / 5) + ofMonth - 1;
  const days = cycle * DAYS_OF_400_YEARS + daysBefore(whole - 400 * cycle) + ofYear - FIRST_DAY;
  // A day that its month does not have is one of the next month.
  return isDay(days) && calendar(days).date.endsWith(`-${month}-${day}`) ? days : null;
}

/** A moment as a text of ISO's form names it. */
export interface NamedMoment {
  /** Microseconds since 2000, as if it were in UTC. */
  readonly local: bigint;
  /** The seconds by which it is ahead of UTC; null where the text names no zone. */
  readonly offset: number | null;
}

/** Like `2024-02-29 12:30:00.5`, `2024-02-29T12:30Z` or `2024-02-29 12:30:00+05:30`; null for none. */
export function momentOf(text: string): NamedMoment | null {
  const parts =
    /^(\d{4,7}-\d\d-\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:[.](\d{1,6}))?)? ?(?:(Z)|([+-])(\d\d)(?::?(\d\d)(?::(\d\d))?)?)?( BC)?$/.exec(
      text,
    );
  if (parts === null) return null;
  const [, date = '', hour, minute, second = '0', fraction = '', utc, sign, ...rest] = parts;
  const [offsetHour, offsetMinute = '0', offsetSecond = '0', era = ''] = rest;
  const day = dayOf(date + era);
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  if (day === null || hours > 23 || minutes > 59 || seconds > 59) return null;
  const [ahead, aside, behind] = [Number(offsetHour ?? 0), Number(offsetMinute), Number(offsetSecond)];
  if (ahead > 15 || aside > 59 || behind > 59) return null;
  const offset = (sign === '-' ? -1 : 1) * (3600 * ahead + 60 * aside + behind);
  const clock = BigInt(3600 * hours + 60 * minutes + seconds) * SECOND + BigInt(fraction.padEnd(6, '0'));
  return {
    local: BigInt(day) * DAY + clock,
    offset: utc === undefined && sign === undefined ? null : offset,
  };
}

/** Microseconds since 2000; the infinities are the first and the last number. */
function momentIn(bytes: string): bigint {
  return Buffer.from(bytes, 'latin1').readBigInt64BE();
}

export function momentBytes(moment: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(moment);
  return bytes.toString('latin1');
}

export function dayBytes(days: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(days);
  return bytes.toString('latin1');
}
