/**
 * A time in ISO 8601 with its offset spelled out: one that names none is meant in UTC, as everything that Drydock shows is,
 * and not in the time zone of whatever process or session reads it.
 */
export function spelledOut(time: string): string {
  const iso = time.trim().replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(iso) ? `${iso}Z` : iso;
}
