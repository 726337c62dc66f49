import type { Manifest, ManifestTable } from '../backup/manifest.js';
import type { Context } from '../context/context.js';
import { DrydockError } from '../errors.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import { consolidationsOf, type Project } from '../project/project.js';

/** A legacy table in a backup, and the schema in which applications know it. */
export interface SavedTable {
  readonly file: ManifestTable;
  readonly home: string;
}

/**
 * The files of the phases' legacy tables, parents first. A crosswalk is none of them: Drydock only reads it.
 *
 * @throws DrydockError when the backup is of something else
 */
export function requireCovered(
  { project, schema, phaseNames, legacy }: Pick<Context, 'project' | 'schema' | 'phaseNames' | 'legacy'>,
  manifest: Manifest,
  directory: string,
): SavedTable[] {
  const sources = new Set<string>(
    consolidationsOf(project, phaseNames).flatMap(({ mapping }) => mapping.sources.map(({ table }) => table)),
  );
  const files = manifest.tables.filter(({ part, name }) => part === 'legacy' && sources.has(name));
  const missing = [...legacy.tables.keys()].filter(
    (name) => sources.has(name) && !files.some((file) => file.name === name),
  );
  if (manifest.schema === schema && missing.length === 0 && files.length > 0)
    return files.map((file) => ({ file, home: homeOf(file, manifest, project) }));
  const why =
    manifest.schema !== schema
      ? `it is of schema "${manifest.schema}", not "${schema}"`
      : files.length === 0
        ? 'it holds none of the legacy tables of these phases'
        : `it does not hold ${missing.join(', ')}`;
  throw new DrydockError({
    code: 'other-backup',
    what: `The backup in ${directory} is not one to go back to: ${why}.`,
    state: 'Nothing was rolled back.',
    next: 'Give --from a backup of these phases, or only the phases that it holds.',
  });
}

/** A backup that was taken while the phase was cut over has its tables where they were kept. */
function homeOf(file: ManifestTable, { schema, appSchema }: Manifest, { tables }: Project): string {
  if (file.schema !== LEGACY_SCHEMA) return file.schema;
  const rule = tables.find(({ name }) => name === file.name);
  return rule?.otherwiseIn === undefined ? schema : appSchema;
}
