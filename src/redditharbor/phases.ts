import { consolidationPhase } from '../consolidation/phase.js';
import type { PhaseDefinition } from '../mapping/phase.js';
import { assessments } from './assessments.js';
import { opportunitiesPhase } from './opportunities/phase.js';

export const assessmentsPhase = consolidationPhase(assessments.model);

/** RedditHarbor's consolidations, in the order in which they run. */
export const consolidations: readonly PhaseDefinition[] = [opportunitiesPhase, assessmentsPhase];
