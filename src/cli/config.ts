import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { projectOf } from '../consolidation/project.js';
import type { Consolidation } from '../declare/consolidation.js';
import { refusingTogether } from '../declare/refuse.js';
import { DrydockError } from '../errors.js';
import type { Project } from '../project/project.js';
import { badConfig } from './find-config.js';

/** What a config file comes to. */
export interface Loaded {
  readonly project: Project;
  readonly databaseUrl?: string | undefined;
  readonly schema?: string | undefined;
}

const has = (value: unknown, ...members: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && members.every((member) => member in value);

const members = z.strictObject({
  consolidations: z
    .array(z.custom<Consolidation>((value) => has(value, 'model'), { error: 'a consolidation is wanted' }))
    .optional(),
  project: z
    .custom<Project>((value) => value === undefined || has(value, 'consolidations', 'tables'), {
      error: 'a project is wanted',
    })
    .optional(),
  databaseUrl: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
});

/**
 * Loads a config file, TypeScript or JavaScript. What it imports from Drydock is this Drydock, wherever it is installed.
 *
 * @throws DrydockError
 */
export function loadConfig(path: string): Promise<Loaded> {
  return refusingTogether(() => load(resolve(path)));
}

async function load(file: string): Promise<Loaded> {
  if (!existsSync(file)) throw badConfig(file, 'there is no such file', 'Check --config.');
  const { default: exported } = await evaluate(file);
  if (exported === undefined)
    throw badConfig(file, 'it exports nothing by default', 'Write: export default defineConfig({ ... })');
  const checked = members.safeParse(exported);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    throw badConfig(file, `${where}${issue?.message ?? 'not as it should be'}`, 'Correct the file.');
  }
  const { consolidations, project, ...place } = checked.data;
  if ((consolidations === undefined) === (project === undefined))
    throw badConfig(file, 'it names either consolidations or a project', 'Correct the file.');
  return { ...place, project: project ?? projectOf(consolidations ?? []) };
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
