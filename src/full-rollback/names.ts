import { dropLegacySchemaIfEmpty } from '../cutover/legacy-schema.js';
import { requireOurViews as requireViewsOf } from '../cutover/our-views.js';
import { dropRefusal } from '../cutover/read-only-views.js';
import { ident, qualified } from '../db/identifier.js';
import type { MovedTables } from '../legacy/moved.js';
import { consolidationsOf } from '../project/project.js';
import type { PhaseName } from '../reports/target.js';
import type { Context } from '../run/context.js';

/** Under the old names there has to be what a cutover put there, with nothing built upon it. */
export async function requireOurViews(context: Context, names: readonly PhaseName[]): Promise<void> {
  for (const phase of consolidationsOf(context.project, names)) {
    const entry = context.entries.get(phase.name);
    if (entry !== undefined) await requireViewsOf(context.session, { phaseId: entry.id, phase });
  }
}

/** Drops the views under the old names, and gives the names back to the tables that are still there. */
export async function namesBack(
  { session, project }: Pick<Context, 'session' | 'project'>,
  moved: MovedTables,
  names: readonly PhaseName[],
): Promise<void> {
  const phases = consolidationsOf(project, names);
  const sources = new Set<string>(phases.flatMap(({ mapping }) => mapping.sources.map(({ table }) => table)));
  const away = [...moved.values()].filter(({ name }) => sources.has(name));
  for (const { home, name, schema, dropped } of away) {
    await session.execute(`drop view ${qualified(home, name)}`);
    if (dropped) continue;
    await session.execute(`alter table ${qualified(schema, name)} set schema ${ident(home)}`);
  }
  if (away.length === 0) return;
  for (const { mapping } of phases) await session.execute(dropRefusal(mapping.unified));
  await dropLegacySchemaIfEmpty(session);
}
