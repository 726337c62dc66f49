import type { Command } from 'commander';
import type { z } from 'zod';
import { UsageError } from '../usage.js';

/**
 * Checks what commander collected and turns it into the verb's options. Every message in the schemas is a whole
 * sentence; the first one is shown.
 *
 * @throws UsageError
 */
export function parseFlags<T>(schema: z.ZodType<T>, command: Command): T {
  const result = schema.safeParse(command.optsWithGlobals());
  if (result.success) return result.data;
  throw new UsageError(result.error.issues[0]?.message ?? 'The arguments are not usable.', command.name());
}
