import { z } from 'zod';
import { quoted } from '../../format/printable.js';
import type { Project } from '../../project/project.js';
import type { PhaseName } from '../../reports/phase-name.js';
import { schemaName } from './scalars.js';

/** What was asked for, and the names that there are: those only the project knows. */
export interface AskedPhase {
  readonly name: string | undefined;
  readonly all: readonly string[];
}

const asked = z.custom<AskedPhase>();

type Context = z.core.$RefinementCtx;

function phasesFor(name: string, all: readonly string[], context: Context): readonly PhaseName[] {
  if (name === 'all') return all;
  if (all.includes(name)) return [name];
  context.addIssue({
    code: 'custom',
    message: `--phase wants one of ${[...all, 'all'].join(', ')}, not ${quoted(name)}.`,
  });
  return z.NEVER;
}

/** One phase by its name, or all in order; without a name all. */
const phase = asked.transform(({ name = 'all', all }, context) => phasesFor(name, all, context));

/** The same, and nothing where none is named. */
export const optionalPhase = asked.transform(({ name, all }, context) =>
  name === undefined ? undefined : phasesFor(name, all, context),
);

/** The same, of a command that is not to be given by mistake. */
export function requiredPhase(otherwise: string) {
  return asked.transform(({ name, all }, context) => {
    if (name !== undefined) return phasesFor(name, all, context);
    context.addIssue({ code: 'custom', message: otherwise });
    return z.NEVER;
  });
}

/** Never quotes the URL: it holds a password. The library checks the rest of it. */
const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//i, {
    error: '--database-url wants a URL such as postgres://user@host:5432/database.',
  })
  .optional();

/** The members that every verb takes. */
export const target = {
  project: z.custom<Project>(),
  databaseUrl,
  schema: schemaName('--schema'),
  appSchema: schemaName('--app-schema'),
} as const;

/** `target` and the phases, all of them when none is named. */
export const targetWithPhases = { ...target, phase } as const;
