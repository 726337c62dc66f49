import { quoted } from '../../format/printable.js';
import { type Flag, optional } from './flag.js';

/** A whole number between two bounds, written in plain digits. */
export function wholeNumber(flag: string, least: number, most: number): Flag<number | undefined> {
  return optional((text, refuse) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    return refuse(`${flag} wants a whole number from ${least} to ${most}, not ${quoted(text)}.`);
  });
}

const MOST_BYTES = 63; // Postgres cuts longer names, with a notice only

/** The name of a schema, as it stands in the catalog: no quotes, case as it is. */
export function schemaName(flag: string): Flag<string | undefined> {
  return optional((name, refuse) =>
    name !== '' && !name.includes('\0') && Buffer.byteLength(name) <= MOST_BYTES
      ? name
      : refuse(`${flag} wants the name of a schema, of 1 to ${MOST_BYTES} bytes.`),
  );
}

/** A switch without a value. */
export const flag: Flag<boolean> = (given) => given === true;

/** A switch that is on unless it is said to be off: `--no-...`. */
export const unlessOff: Flag<boolean> = (given) => given !== false;

/** The path of a directory; required. `missing` is the whole sentence. */
export function directory(missing: string): Flag<string> {
  return (given, refuse) =>
    typeof given !== 'string' || given === '' || given.includes('\0') ? refuse(missing) : given;
}
