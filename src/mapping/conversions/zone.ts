/** A zone whose clocks are never changed: others follow tables of the server's, which are not ours to repeat. */
export interface Zone {
  /** Seconds by which it is ahead of UTC. */
  readonly seconds: number;
}

const NAMES_OF_UTC: ReadonlySet<string> = new Set([
  'utc',
  'etc/utc',
  'gmt',
  'etc/gmt',
  'z',
  'zulu',
  'universal',
]);

/** `UTC`, or an offset like `+05:30`; null for any other name, as of a zone that has summer time. */
export function zoneOf(name: string): Zone | null {
  if (NAMES_OF_UTC.has(name.toLowerCase())) return { seconds: 0 };
  const parts = /^([+-])(\d\d):?(\d\d)$/.exec(name);
  if (parts === null) return null;
  const [hours, minutes] = [Number(parts[2]), Number(parts[3])];
  if (hours > 15 || minutes > 59) return null;
  return { seconds: (parts[1] === '-' ? -1 : 1) * (3600 * hours + 60 * minutes) };
}

/** SQL of the time that a zone's clocks show at a moment, or of the moment at which they show a time. */
export function inZone(value: string, { seconds }: Zone): string {
  // By an interval: the sign of an offset as a zone's name is meant the other way round.
  return `(${value} at time zone ${seconds === 0 ? `'UTC'` : `interval '${seconds} seconds'`})`;
}
