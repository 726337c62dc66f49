import type { Context } from '../context/context.js';
import { qualified } from '../db/identifier.js';
import type { Batch } from '../ledger/batches.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import { laterConsolidations } from '../project/project.js';
import type { Dependent, SyncJob } from './job.js';

/** What it takes to apply a phase's changes to the database as it is found. */
export function syncJob(
  context: Context,
  phase: Phase,
  phaseId: number,
  batches: readonly Batch[],
  budget: SyncJob['budget'] = { left: 0 },
): SyncJob {
  return {
    phase,
    targets: targetsOf(phase),
    phaseId,
    batches,
    dependents: dependentsOf(context, phase),
    budget,
    signal: context.signal,
  };
}

/** The later phases that the ledger knows, with their columns that name this one's rows. */
function dependentsOf({ project, entries, legacy }: Context, phase: Phase): Dependent[] {
  const named = targetsOf(phase).unified;
  const known = laterConsolidations(project, phase.name);
  return known.flatMap((definition) => {
    const entry = entries.get(definition.name);
    if (entry === undefined) return [];
    const later = definition.bind(legacy, new Set(entries.keys()));
    const links = later.foreignKeys
      .filter(({ references }) => qualified(references.schema, references.table) === named.qualified)
      .map(({ column }) => ({ table: targetsOf(later).unified.qualified, column }));
    return [{ phaseId: entry.id, links }];
  });
}
