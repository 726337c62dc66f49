import { z } from 'zod';
import { quoted } from '../../format/printable.js';

/** A time in seconds, above nothing; a point may stand in it. */
export function seconds(flag: string, most: number): z.ZodType<number | undefined> {
  return z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return undefined;
      const number = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
      if (number > 0 && number <= most) return number;
      context.addIssue({
        code: 'custom',
        message: `${flag} wants seconds, above 0 and at most ${most}, not ${quoted(text)}.`,
      });
      return z.NEVER;
    });
}
