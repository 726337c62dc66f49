import type { Context } from '../context/context.js';
import { dropLegacySchemaIfEmpty } from '../cutover/legacy-schema.js';
import { carryOver, requireCarried, requireOurViews as requireViewsOf } from '../cutover/our-views.js';
import { dropRefusal } from '../cutover/read-only-views.js';
import { ident, qualified } from '../db/identifier.js';
import type { MovedTables } from '../legacy/moved.js';
import type { PhaseMapping } from '../mapping/mapping.js';
import { type OldName, readOldNames } from '../old-names/picture.js';
import { consolidationsOf } from '../project/project.js';
import type { PhaseName } from '../reports/phase-name.js';

/** Under the old names there has to be what a cutover put there, with nothing built upon it. */
export async function requireOurViews(context: Context, names: readonly PhaseName[]): Promise<void> {
  for (const phase of consolidationsOf(context.project, names)) {
    const entry = context.entries.get(phase.name);
    if (entry !== undefined) await requireViewsOf(context.session, { phaseId: entry.id, phase });
  }
}

/** What somebody did to the views under the old names since the cutover. A completion makes them anew, and knows nothing of what comes later. */
export interface ViewChanges {
  readonly carried: readonly string[];
  /** Statements for before and after the tables have their names back. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Reads what the tables are to take over from their views. */
export async function viewChanges(
  { session, entries, project }: Pick<Context, 'session' | 'entries' | 'project'>,
  names: readonly PhaseName[],
): Promise<ViewChanges> {
  const oldNames: OldName[] = [];
  for (const phase of consolidationsOf(project, names)) {
    const entry = entries.get(phase.name);
    if (entry === undefined) continue;
    const found = await readOldNames(session, entry.id);
    requireCarried(phase, found);
    oldNames.push(...found);
  }
  return carryOver(oldNames);
}

/** The tables of some phases that a cutover moved aside. */
function movedBy({ project }: Pick<Context, 'project'>, moved: MovedTables, names: readonly PhaseName[]) {
  const phases = consolidationsOf(project, names);
  const sources = new Set<string>(phases.flatMap(({ mapping }) => mapping.sources.map(({ table }) => table)));
  return { phases, away: [...moved.values()].filter(({ name }) => sources.has(name)) };
}

/** Drops the views under the old names. One that our table has taken is free when that is dropped. */
export async function viewsOff(
  { session, project }: Pick<Context, 'session' | 'project'>,
  moved: MovedTables,
  names: readonly PhaseName[],
  { before }: ViewChanges,
): Promise<void> {
  const { phases, away } = movedBy({ project }, moved, names);
  for (const statement of before) await session.execute(statement);
  for (const { home, name, isTaken } of away)
    if (!isTaken) await session.execute(`drop view ${qualified(home, name)}`);
  if (away.length === 0) return;
  for (const { mapping } of phases) await session.execute(dropRefusal(mapping.unified));
}

/**
 * Gives the names back to the tables that are still there, with what was done to the views. When what was made for the phases
 * is gone: it may have these names, and those of their indexes and sequences.
 */
export async function namesBack(
  { session, project }: Pick<Context, 'session' | 'project'>,
  moved: MovedTables,
  names: readonly PhaseName[],
  { after }: ViewChanges,
): Promise<void> {
  const { away } = movedBy({ project }, moved, names);
  for (const { home, name, schema, dropped } of away) {
    if (dropped) continue;
    await session.execute(`alter table ${qualified(schema, name)} set schema ${ident(home)}`);
  }
  for (const statement of after) await session.execute(statement);
  if (away.length > 0) await dropLegacySchemaIfEmpty(session);
}

/** What the unified table of a phase is called now. */
export function unifiedName({ unified, takeOver }: PhaseMapping, moved: MovedTables): string {
  const name = takeOver?.name ?? null;
  return name !== null && moved.get(name)?.isTaken === true ? name : unified;
}
