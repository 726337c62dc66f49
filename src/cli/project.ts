import type { Project } from '../project/project.js';

/** The project that a command is about. */
export async function loadProject(): Promise<Project> {
  const { DEFAULT_PROJECT } = await import('../default-project.js');
  return DEFAULT_PROJECT;
}
