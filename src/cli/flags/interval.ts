import { quoted } from '../../format/printable.js';
import { type Flag, optional } from './flag.js';

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const LEAST_SECONDS = 1;
const MOST_SECONDS = 30 * UNITS.d;

/** A length of time such as `30s`, `15m`, `6h` or `1d`; in seconds. */
export function interval(flag: string): Flag<number | undefined> {
  return optional((text, refuse) => {
    const [, number, unit] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
    const seconds = Number(number) * UNITS[(unit ?? 's') as keyof typeof UNITS];
    if (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) return seconds;
    return refuse(`${flag} wants a length of time such as 30s, 15m, 6h or 1d, not ${quoted(text)}.`);
  });
}
