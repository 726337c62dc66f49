import { z } from 'zod';
import { quoted } from '../../format/printable.js';
import { SHAPES, type Shape } from '../shapes.js';

/** Which legacy tables to make. */
export const shape = z.string().transform((text, context): Shape => {
  const found = SHAPES.find((known) => known === text);
  if (found !== undefined) return found;
  context.addIssue({
    code: 'custom',
    message: `--shape wants one of ${SHAPES.join(', ')}, not ${quoted(text)}.`,
  });
  return z.NEVER;
});
