import type { Consolidation } from '../declare/consolidation.js';
import type { Project } from '../project/project.js';
import type { MonitorSettings } from '../reports/monitor.js';

/** The default of a flag, as the command line would give it; of a switch true or false. */
type FlagValue = string | number | boolean;

/** Where the database is, as far as options and environment leave it open. */
interface Place {
  /** Address of the database. */
  readonly databaseUrl?: string | undefined;
  /** Schema of the legacy tables, and of the unified ones. */
  readonly schema?: string | undefined;
  /** Schema of the tables that the project has in one of their own. */
  readonly appSchema?: string | undefined;
  /**
   * Defaults of flags, by their name in one word: `maxRate` for `--max-rate`, `capture: false` for `--no-capture`. Under the
   * name of a command those of that command alone: `{ maxRate: 2000, verify: { strict: true } }`.
   */
  readonly flags?: Readonly<Record<string, FlagValue | Readonly<Record<string, FlagValue>>>> | undefined;
}

/** What a config file says: its default export. What is restructured is either declared or given as a project. */
export type Config = Place & {
  /** Databases by name, for `--environment NAME`: what one says goes before what the file says for all. */
  readonly environments?: Readonly<Record<string, Place>> | undefined;
  /** Thresholds, queries to watch, webhook and page of the monitor: see docs/monitor.md. */
  readonly monitor?: MonitorSettings | undefined;
} & (
    | {
        /** In the order in which they run. */
        readonly consolidations: readonly Consolidation[];
        /** A project; in the place of consolidations. */
        readonly project?: undefined;
      }
    | {
        /** A project; in the place of consolidations. */
        readonly project: Project;
        /** The consolidations, in the order in which they run; in the place of a project. */
        readonly consolidations?: undefined;
      }
    | {
        /** A project; in the place of consolidations. */
        readonly project?: undefined;
        /** The consolidations, in the order in which they run; in the place of a project. */
        readonly consolidations?: undefined;
      }
  );

/**
 * Has the compiler check a config file: `export default defineConfig({ ... })` in `drydock.config.ts`, in the directory that
 * the command is given in, or in a file that `--config` names.
 */
export function defineConfig(config: Config): Config {
  return config;
}
