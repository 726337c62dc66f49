/**
 * A time in ISO 8601 with its offset spelled out: one that names none is meant in UTC, as everything that Drydock shows is,
 * and not in the time zone of whatever process or session reads it.
 */
export function spelledOut(time: string): string {
  const iso = time.trim().replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(iso) ? `${iso}Z` : iso;
}

const OFFSET = String.raw`Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?`;
const TIME = new RegExp(
  String.raw`^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:${OFFSET})$`,
);

/** The same of a text that anybody wrote: a day is its beginning. Undefined: it is no time. */
export function isoTime(text: string): string | undefined {
  const day = text.trim();
  const iso = /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : spelledOut(text);
  const [, date] = TIME.exec(iso) ?? [];
  return date !== undefined && isDate(date) ? iso : undefined;
}

/** Whether the calendar has the day. */
function isDate(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
