import type { PhaseDefinition } from '../mapping/phase.js';
import { assessmentsPhase } from './assessments/phase.js';
import { opportunitiesPhase } from './opportunities/phase.js';

/** RedditHarbor's consolidations, in the order in which they run. */
export const consolidations: readonly PhaseDefinition[] = [opportunitiesPhase, assessmentsPhase];
