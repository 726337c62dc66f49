import type { Command } from 'commander';
import type { z } from 'zod';
import { phasesOf } from '../../project/project.js';
import { loadProject } from '../project.js';
import { UsageError } from '../usage.js';

/**
 * Checks what commander collected and turns it into the verb's options, with the project that they are about. Every
 * message in the schemas is a whole sentence; the first one is shown.
 *
 * @throws UsageError
 */
export async function parseFlags<T>(schema: z.ZodType<T>, command: Command): Promise<T> {
  const flags = command.optsWithGlobals();
  const project = await loadProject();
  const phase = { name: flags.phase, all: phasesOf(project) };
  const result = schema.safeParse({ ...flags, project, phase });
  if (result.success) return result.data;
  throw new UsageError(result.error.issues[0]?.message ?? 'The arguments are not usable.', command.name());
}
