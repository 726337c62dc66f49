import type { Cleanup } from '../db/cleanup.js';
import { chosenProject } from '../default-phases.js';
import { readEntries } from '../ledger/phases.js';
import { ledgerExists } from '../ledger/schema.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { Phase } from '../mapping/phase.js';
import { consolidationsOf, type Project } from '../project/project.js';
import type { TargetOptions } from '../reports/target.js';
import { findLegacy } from './find-legacy.js';
import { type OpenLedger, openLedger } from './open-ledger.js';

/** What a verb works with that looks at the legacy tables: a connection, the ledger, and the database as it is found. */
export interface Context extends OpenLedger {
  /** What is restructured. */
  readonly project: Project;
  readonly legacy: LegacyDatabase;
}

/**
 * Opens the database, and looks what is there.
 *
 * @param copies as for {@link openLedger}
 * @throws DrydockError
 */
export async function openContext(
  options: TargetOptions,
  cleanup: Cleanup,
  copies: 'refused' | 'welcome' = 'refused',
): Promise<Context> {
  return look(await openLedger(options, cleanup, copies), await chosenProject(options), options.appSchema);
}

/** The database as it is now: until a lock was held, what was found in it may have changed. */
export async function lookAgain(context: Context): Promise<Context> {
  return look(await readAgain(context), context.project, context.legacy.appSchema);
}

/** The same, where only the ledger was read before. */
export async function lookNow(
  opened: OpenLedger,
  options: Pick<TargetOptions, 'project' | 'appSchema'>,
): Promise<Context> {
  return look(await readAgain(opened), await chosenProject(options), options.appSchema);
}

async function look(opened: OpenLedger, project: Project, appSchema: string | undefined): Promise<Context> {
  return { ...opened, project, legacy: await findLegacy(opened, project, appSchema) };
}

async function readAgain(opened: OpenLedger): Promise<OpenLedger> {
  const { session, schema } = opened;
  const hasLedger = await ledgerExists(session);
  return { ...opened, hasLedger, entries: hasLedger ? await readEntries(session, schema) : new Map() };
}

/** The phases asked for, bound to the database. */
export function bindPhases(context: Context): Phase[] {
  const existing = new Set(context.entries.keys());
  return consolidationsOf(context.project, context.phaseNames).map((definition) =>
    definition.bind(context.legacy, existing),
  );
}
