import { z } from 'zod';
import { quoted } from '../../format/printable.js';

/** A whole number between two bounds, written in plain digits. */
export function wholeNumber(flag: string, least: number, most: number): z.ZodType<number | undefined> {
  const message = `${flag} wants a whole number from ${least} to ${most}`;
  return z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return undefined;
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (number >= least && number <= most) return number;
      context.addIssue({ code: 'custom', message: `${message}, not ${quoted(text)}.` });
      return z.NEVER;
    });
}

const MOST_BYTES = 63; // Postgres cuts longer names, with a notice only

/** The name of a schema, as it stands in the catalog: no quotes, case as it is. */
export function schemaName(flag: string): z.ZodType<string | undefined> {
  return z
    .string()
    .refine((name) => name !== '' && !name.includes('\0') && Buffer.byteLength(name) <= MOST_BYTES, {
      error: `${flag} wants the name of a schema, of 1 to ${MOST_BYTES} bytes.`,
    })
    .optional();
}

/** A switch without a value. */
export const flag = z
  .boolean()
  .optional()
  .transform((on) => on === true);

/** The path of a directory; required. `missing` is the whole sentence. */
export function directory(missing: string): z.ZodType<string> {
  return z
    .string({ error: missing })
    .refine((path) => path !== '' && !path.includes('\0'), { error: missing });
}
