import type { Project } from './project.js';

/** What a config file says: its default export. */
export interface Config {
  /** What is restructured. */
  readonly project: Project;
  /** Address of the database, where neither an option nor the environment names one. */
  readonly databaseUrl?: string | undefined;
  /** Schema of the legacy tables, where no option names one. */
  readonly schema?: string | undefined;
}

/**
 * Has the compiler check a config file: `export default defineConfig({ ... })` in `drydock.config.ts`, in the directory that
 * the command is given in, or in a file that `--config` names.
 */
export function defineConfig(config: Config): Config {
  return config;
}
