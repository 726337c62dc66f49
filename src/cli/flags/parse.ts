import type { Command } from 'commander';
import { chosenPhases } from '../../default-phases.js';
import { namesProject } from '../commands/shared-options.js';
import { loadSubject } from '../project.js';
import { UsageError } from '../usage.js';
import type { Flags, Values } from './flag.js';

/**
 * Checks what commander collected and turns it into the verb's options, with the project that they are about. The first
 * refusal is shown.
 *
 * @throws UsageError
 */
export async function parseFlags<F extends Flags>(flags: F, command: Command): Promise<Values<F>> {
  const given = command.optsWithGlobals();
  const { project, ...target } = await loadSubject(namesProject(command) ? given.config : undefined);
  return parseOwn(flags, command, {
    project,
    phase: { name: given.phase, all: chosenPhases({ project }) },
    databaseUrl: given.databaseUrl ?? target.databaseUrl,
    schema: given.schema ?? target.schema,
  });
}

/**
 * The same for a command that has a database of its own, and is about no other project.
 *
 * @throws UsageError
 */
export function parseOwn<F extends Flags>(
  flags: F,
  command: Command,
  more: Readonly<Record<string, unknown>> = {},
): Values<F> {
  const given = { ...command.optsWithGlobals(), ...more };
  const refuse = (what: string): never => {
    throw new UsageError(what, command.name());
  };
  return Object.fromEntries(
    Object.entries(flags).map(([name, read]) => [name, read(given[name], refuse)]),
  ) as Values<F>;
}
