import type { Consolidation } from '../declare/consolidation.js';
import type { Project } from '../project/project.js';

/** Where the database is, as far as options and environment leave it open. */
interface Place {
  /** Address of the database. */
  readonly databaseUrl?: string | undefined;
  /** Schema of the legacy tables, and of the unified ones. */
  readonly schema?: string | undefined;
}

/** What a config file says: its default export. What is restructured is either declared or given as a project. */
export type Config = Place &
  (
    | {
        /** In the order in which they run. */
        readonly consolidations: readonly Consolidation[];
        readonly project?: undefined;
      }
    | { readonly project: Project; readonly consolidations?: undefined }
  );

/**
 * Has the compiler check a config file: `export default defineConfig({ ... })` in `drydock.config.ts`, in the directory that
 * the command is given in, or in a file that `--config` names.
 */
export function defineConfig(config: Config): Config {
  return config;
}
