import { quoted } from '../../format/printable.js';
import { type Flag, optional } from './flag.js';

/** A time in seconds, above nothing; a point may stand in it. */
export function seconds(flag: string, most: number): Flag<number | undefined> {
  return optional((text, refuse) => {
    const number = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (number > 0 && number <= most) return number;
    return refuse(`${flag} wants seconds, above 0 and at most ${most}, not ${quoted(text)}.`);
  });
}
