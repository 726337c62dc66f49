import { quoted } from '../../format/printable.js';
import type { Project } from '../../project/project.js';
import type { PhaseName } from '../../reports/phase-name.js';
import { type Flag, optional, type Refuse } from './flag.js';
import { schemaName } from './scalars.js';

/** What was asked for, and the names that there are: those only the project knows. */
export interface AskedPhase {
  readonly name: string | undefined;
  readonly all: readonly string[];
}

function phasesFor(name: string, all: readonly string[], refuse: Refuse): readonly PhaseName[] {
  if (name === 'all') return all;
  if (all.includes(name)) return [name];
  return refuse(`--phase wants one of ${[...all, 'all'].join(', ')}, not ${quoted(name)}.`);
}

/** One phase by its name, or all in order; without a name all. */
const phase: Flag<readonly PhaseName[]> = (asked, refuse) => {
  const { name = 'all', all } = asked as AskedPhase;
  return phasesFor(name, all, refuse);
};

/** The same, and nothing where none is named. */
export const optionalPhase: Flag<readonly PhaseName[] | undefined> = (asked, refuse) => {
  const { name, all } = asked as AskedPhase;
  return name === undefined ? undefined : phasesFor(name, all, refuse);
};

/** The same, of a command that is not to be given by mistake. */
export function requiredPhase(otherwise: string): Flag<readonly PhaseName[]> {
  return (asked, refuse) => {
    const { name, all } = asked as AskedPhase;
    return name === undefined ? refuse(otherwise) : phasesFor(name, all, refuse);
  };
}

/** An address, with the flag that takes it. Never quotes the URL: it holds a password. The library checks the rest of it. */
export function databaseUrl(flag: string): Flag<string | undefined> {
  return optional((url, refuse) =>
    /^postgres(ql)?:\/\//i.test(url)
      ? url
      : refuse(`${flag} wants a URL such as postgres://user@host:5432/database.`),
  );
}

/** Undefined: the default one. */
const project: Flag<Project | undefined> = (given) => given as Project | undefined;

/** The members that every verb takes. */
export const target = {
  project,
  databaseUrl: databaseUrl('--database-url'),
  schema: schemaName('--schema'),
  appSchema: schemaName('--app-schema'),
} as const;

/** `target` and the phases, all of them when none is named. */
export const targetWithPhases = { ...target, phase } as const;
