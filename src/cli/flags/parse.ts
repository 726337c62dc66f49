import type { Command } from 'commander';
import type { z } from 'zod';
import { phasesOf } from '../../project/project.js';
import { namesProject } from '../commands/shared-options.js';
import { loadSubject } from '../project.js';
import { UsageError } from '../usage.js';

/**
 * Checks what commander collected and turns it into the verb's options, with the project that they are about. Every
 * message in the schemas is a whole sentence; the first one is shown.
 *
 * @throws UsageError
 */
export async function parseFlags<T>(schema: z.ZodType<T>, command: Command): Promise<T> {
  const flags = command.optsWithGlobals();
  const { project, ...target } = await loadSubject(namesProject(command) ? flags.config : undefined);
  return parseOwn(schema, command, {
    project,
    phase: { name: flags.phase, all: phasesOf(project) },
    databaseUrl: flags.databaseUrl ?? target.databaseUrl,
    schema: flags.schema ?? target.schema,
  });
}

/**
 * The same for a command that has a database of its own, and is about no other project.
 *
 * @throws UsageError
 */
export function parseOwn<T>(
  schema: z.ZodType<T>,
  command: Command,
  more: Readonly<Record<string, unknown>> = {},
): T {
  const result = schema.safeParse({ ...command.optsWithGlobals(), ...more });
  if (result.success) return result.data;
  throw new UsageError(result.error.issues[0]?.message ?? 'The arguments are not usable.', command.name());
}
