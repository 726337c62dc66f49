/** Numbers as a person reads them. */

/** `1234567` as `1,234,567`. Not by the locale's own way, which loads all of ICU: a tenth of what a short command takes. */
export function count(value: number): string {
  return value.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A count with its noun: `1 row`, `2 rows`; the plural is given where it is not the singular and an s. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Bytes in binary units, three significant digits at most: `812 B`, `1.5 MiB`, `143 MiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  let size = value;
  while (Math.round(Math.abs(size)) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && Math.abs(size) < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${units[unit]}`;
}

/** Seconds: `0.04 s`, `3.2 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** A share in whole percent. Rounded down, so that 100% means all; an empty whole is all done. */
export function percent(part: number, whole: number): string {
  return `${whole === 0 ? 100 : Math.floor((part / whole) * 100)}%`;
}

/** A hash of two sums, cut to the last digits of each: those differ whenever anything does, the first ones may not. */
export function shortHash(hash: string): string {
  return hash
    .split(':')
    .map((sum) => (sum.length > 7 ? `…${sum.slice(-6)}` : sum))
    .join(':');
}

/** Milliseconds with about three digits: `0.35 ms`, `12 ms`, `1.4 s`; a dash for what was not measured. */
export function milliseconds(value: number | null): string {
  if (value === null) return '–';
  if (value >= 9_950) return `${count(value / 1000)} s`;
  if (value >= 995) return `${(value / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  if (value >= 9.95) return `${value.toFixed(0)} ms`;
  return `${value.toFixed(value >= 0.995 ? 1 : 2).replace(/\.?0+$/, '')} ms`;
}
