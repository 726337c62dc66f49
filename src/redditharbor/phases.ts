import type { PhaseDefinition } from '../mapping/phase.js';
import { PHASES, type PhaseName, UNIFYING_PHASES, type UnifyingPhaseName } from '../reports/target.js';
import { assessmentsPhase } from './assessments/phase.js';
import { opportunitiesPhase } from './opportunities/phase.js';

const DEFINITIONS: Readonly<Record<UnifyingPhaseName, PhaseDefinition>> = {
  opportunities: opportunitiesPhase,
  assessments: assessmentsPhase,
};

/** The definitions of those among some phases that unify, in the order in which they run. */
export function phaseDefinitions(names: readonly PhaseName[] = UNIFYING_PHASES): PhaseDefinition[] {
  return UNIFYING_PHASES.filter((name) => names.includes(name)).map((name) => DEFINITIONS[name]);
}

/** The phases that stand on a phase. */
export function laterPhases(name: PhaseName): readonly PhaseName[] {
  return PHASES.slice(PHASES.indexOf(name) + 1);
}
