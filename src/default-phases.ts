import { type Project, phasesOf } from './project/project.js';

/**
 * The phases of the default project, in their order: written down, so that a command which asks for names alone need not
 * load what they mean. `test/default-phases.test.ts` holds them to the project.
 */
export const DEFAULT_PHASES: readonly string[] = ['opportunities', 'assessments', 'enhancements'];

/** The names of the phases of what some options are about. */
export function chosenPhases({ project }: { readonly project?: Project | undefined }): readonly string[] {
  return project === undefined ? DEFAULT_PHASES : phasesOf(project);
}

/** The project of some options; the default one is loaded when it is wanted. */
export async function chosenProject({
  project,
}: {
  readonly project?: Project | undefined;
}): Promise<Project> {
  return project ?? (await import('./default-project.js')).DEFAULT_PROJECT;
}
