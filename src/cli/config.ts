import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { projectOf } from '../consolidation/project.js';
import type { Consolidation } from '../declare/consolidation.js';
import { refusingTogether } from '../declare/refuse.js';
import { DrydockError } from '../errors.js';
import { quoted } from '../format/printable.js';
import type { Project } from '../project/project.js';
import { badConfig } from './find-config.js';
import type { FlagDefaults } from './flags/given.js';

/** What a config file comes to. */
export interface Loaded {
  /** Left out: the default one. */
  readonly project: Project | undefined;
  readonly databaseUrl?: string | undefined;
  readonly schema?: string | undefined;
  readonly appSchema?: string | undefined;
  /** The file; null: there is none. */
  readonly path: string | null;
  readonly flags: FlagDefaults;
  /** The same of every environment, for whoever looks whether there are such flags. */
  readonly allFlags: readonly FlagDefaults[];
  /** What it says of the monitor, which looks it through itself. */
  readonly monitor: unknown;
}

const has = (value: unknown, ...members: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && members.every((member) => member in value);

const value = z.union([z.string(), z.number(), z.boolean()]);

const place = {
  databaseUrl: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
  appSchema: z.string().min(1).optional(),
  flags: z.record(z.string(), z.union([value, z.record(z.string(), value)])).optional(),
};

const members = z.strictObject({
  ...place,
  environments: z.record(z.string(), z.strictObject(place)).optional(),
  monitor: z.unknown().optional(),
  consolidations: z
    .array(z.custom<Consolidation>((value) => has(value, 'model'), { error: 'a consolidation is wanted' }))
    .optional(),
  project: z
    .custom<Project>((value) => value === undefined || has(value, 'consolidations', 'tables'), {
      error: 'a project is wanted',
    })
    .optional(),
});

/**
 * Loads a config file, TypeScript or JavaScript. What it imports from Drydock is this Drydock, wherever it is installed.
 *
 * @throws DrydockError
 */
export function loadConfig(path: string, environment?: string): Promise<Loaded> {
  return refusingTogether(() => load(resolve(path), environment));
}

async function load(file: string, environment: string | undefined): Promise<Loaded> {
  if (!existsSync(file)) throw badConfig(file, 'there is no such file', 'Check --config.');
  if (file.endsWith('.json'))
    throw badConfig(
      file,
      'it is JSON, as the monitor took it once',
      'Put what is in it into the member `monitor` of drydock.config.ts: export default defineConfig({ monitor: { ... } }); docs/monitor.md has an example.',
    );
  const { default: exported } = await evaluate(file);
  if (exported === undefined)
    throw badConfig(file, 'it exports nothing by default', 'Write: export default defineConfig({ ... })');
  const checked = members.safeParse(exported);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    throw badConfig(file, `${where}${issue?.message ?? 'not as it should be'}`, 'Correct the file.');
  }
  const { consolidations, project, environments = {}, monitor, flags = {}, ...here } = checked.data;
  if (consolidations !== undefined && project !== undefined)
    throw badConfig(file, 'it names either consolidations or a project', 'Correct the file.');
  const chosen = environment === undefined ? {} : environments[environment];
  if (chosen === undefined)
    throw badConfig(
      file,
      `it has no environment ${quoted(environment ?? '')}`,
      `Name one of ${Object.keys(environments).join(', ') || 'none: declare environments first'}.`,
    );
  return {
    ...here,
    ...chosen,
    flags: merged(flags, chosen.flags ?? {}),
    allFlags: [flags, ...Object.values(environments).map((one) => one.flags ?? {})],
    path: file,
    monitor,
    project: consolidations === undefined ? project : projectOf(consolidations),
  };
}

/** The flags of an environment go before those of all; of one command's flags each by itself. */
function merged(flags: FlagDefaults, over: FlagDefaults): FlagDefaults {
  const all: Record<string, FlagDefaults[string]> = { ...flags };
  for (const [name, given] of Object.entries(over)) {
    const before = all[name];
    all[name] = typeof given === 'object' && typeof before === 'object' ? { ...before, ...given } : given;
  }
  return all;
}

async function evaluate(file: string): Promise<{ readonly default?: unknown }> {
  // Loaded where there is a config file, and by nobody else.
  const { createJiti } = await import('jiti');
  const library: Readonly<Record<string, unknown>> = await import('../index.js');
  const words: Readonly<Record<string, unknown>> = await import('../declare.js');
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    moduleCache: false,
    virtualModules: { 'pg-drydock': library, 'pg-drydock/declare': words },
  });
  try {
    return await jiti.import<{ readonly default?: unknown }>(file);
  } catch (error) {
    // What a declaration is refused for says more than the file's name.
    if (error instanceof DrydockError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw badConfig(file, `it cannot be loaded: ${why}`, 'Correct the file.', error);
  }
}
