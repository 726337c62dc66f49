import type { Cleanup } from '../db/cleanup.js';
import { chosenProject } from '../default-phases.js';
import { readPhases } from '../ledger/phases.js';
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
  const opened = await openLedger(options, cleanup, copies);
  const project = await chosenProject(options);
  const legacy = await findLegacy(opened.session, project, opened.schema, options.appSchema);
  return { ...opened, project, legacy };
}

/** The database as it is now: until a lock was held, what was found in it may have changed. */
export async function lookAgain(context: Context): Promise<Context> {
  const { session, project, schema } = context;
  const entries = await readPhases(session, schema);
  return {
    ...context,
    entries,
    legacy: await findLegacy(session, project, schema, context.legacy.appSchema),
  };
}

/** The phases asked for, bound to the database. */
export function bindPhases(context: Context): Phase[] {
  const existing = new Set(context.entries.keys());
  return consolidationsOf(context.project, context.phaseNames).map((definition) =>
    definition.bind(context.legacy, existing),
  );
}
