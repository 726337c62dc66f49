import type { Session } from '../db/session.js';
import type { Restoration } from '../mapping/legacy-view.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import { countRejects } from './rejects.js';

/** How each legacy table of a phase is given back, in the order of the sources. */
export async function restorations(
  session: Session,
  phase: Phase,
  targets: Targets,
  phaseId: number,
): Promise<Restoration[]> {
  const rejects = await countRejects(session, phaseId);
  return phase.bound.sources.map((source) => ({
    source,
    targets,
    phaseId,
    hasRejects: (rejects.get(source.rule.table) ?? 0) > 0,
  }));
}
