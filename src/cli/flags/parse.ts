import type { Command } from 'commander';
import { chosenPhases } from '../../default-phases.js';
import { DrydockError } from '../../errors.js';
import { quoted } from '../../format/printable.js';
import { namesProject } from '../commands/shared-options.js';
import { loadSubject } from '../project.js';
import { UsageError } from '../usage.js';
import type { Flags, Values } from './flag.js';
import { type FlagDefaults, type GivenFlags, givenFlags, unknownDefaults, wholeOf } from './given.js';

/**
 * Checks what was given and turns it into the verb's options, with the project that they are about. The first refusal is shown.
 *
 * @throws UsageError
 */
export async function parseFlags<F extends Flags>(flags: F, command: Command): Promise<Values<F>> {
  const { env } = process;
  const early = givenFlags(command, env).values;
  const named = (name: string) => (typeof early[name] === 'string' ? early[name] : undefined);
  const {
    path = null,
    flags: defaults = {},
    allFlags = [],
    ...subject
  } = await loadSubject(namesProject(command) ? named('config') : undefined, env, named('environment'));
  if (path !== null) await refuseUnknown(command, path, allFlags);
  const given = givenFlags(command, env, path === null ? null : { path, flags: defaults });
  const { project, monitor } = subject;
  return parsed(flags, command, given, {
    project,
    monitor,
    phase: { name: given.values.phase, all: chosenPhases({ project }) },
    databaseUrl: given.values.databaseUrl ?? subject.databaseUrl,
    schema: given.values.schema ?? subject.schema,
    appSchema: given.values.appSchema ?? subject.appSchema,
  });
}

/** A misspelt default would be one that never holds. */
async function refuseUnknown(command: Command, path: string, all: readonly FlagDefaults[]): Promise<void> {
  if (all.every((flags) => Object.keys(flags).length === 0)) return;
  const program = await wholeOf(command.parent ?? command);
  const unknown = all.flatMap((flags) => unknownDefaults(program, flags));
  if (unknown.length === 0) return;
  throw new DrydockError({
    code: 'bad-config',
    what: `${quoted(path)} is not a config file that can be used: in flags, ${unknown.join('; ')}.`,
    state: 'Nothing was done: no connection was opened.',
    next: 'Name flags as `drydock COMMAND --help` lists them, in one word: maxRate for --max-rate, and capture for --no-capture.',
  });
}

/**
 * The same for a command that has a database of its own, and is about no other project.
 *
 * @throws UsageError
 */
export function parseOwn<F extends Flags>(flags: F, command: Command): Values<F> {
  return parsed(flags, command, givenFlags(command, process.env), {});
}

function parsed<F extends Flags>(
  flags: F,
  command: Command,
  { values, origins }: GivenFlags,
  more: Readonly<Record<string, unknown>>,
): Values<F> {
  const given = { ...values, ...more };
  return Object.fromEntries(
    Object.entries(flags).map(([name, read]) => {
      const origin = origins.get(name);
      const refuse = (what: string): never => {
        throw new UsageError(
          origin === undefined ? what : `${what} It is given by ${origin}.`,
          command.name(),
        );
      };
      return [name, read(given[name], refuse)];
    }),
  ) as Values<F>;
}
