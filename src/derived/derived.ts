import type { Context } from '../context/context.js';
import { DrydockError } from '../errors.js';
import type { Project } from '../project/project.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { DerivedPhase } from './derived-phase.js';
import { derivedPhase } from './phase.js';

/** Those among some phases that build on others, in the order in which they run. */
export function derivedPhases({ derived }: Project, names: readonly PhaseName[]): DerivedPhase[] {
  return derived !== null && names.includes(derived.name) ? [derivedPhase(derived)] : [];
}

/**
 * The one of the project, for a command that is about nothing else.
 *
 * @throws DrydockError where it has none
 */
export function requireDerived({ project }: Context): DerivedPhase {
  if (project.derived !== null) return derivedPhase(project.derived);
  throw new DrydockError({
    code: 'bad-option',
    what: `Nothing is built on the unified tables of ${project.name}: there is no materialized view.`,
    state: 'Nothing was done.',
    next: 'drydock status shows the phases that there are.',
  });
}
