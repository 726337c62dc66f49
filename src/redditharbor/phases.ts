import { consolidationPhase } from '../consolidation/phase.js';
import type { PhaseDefinition } from '../mapping/phase.js';
import { assessments } from './assessments.js';
import { opportunitiesDeclaration } from './opportunities.js';

/** `opportunities` + `app_opportunities` + `workflow_results` -> `opportunities_unified`. */
export const opportunitiesPhase = consolidationPhase(opportunitiesDeclaration.model);

/** Where the columns of the three tables go. */
export const opportunitiesMapping = opportunitiesPhase.mapping;

/** `opportunity_scores` + `market_validations` + `score_components` -> `opportunity_assessments`. */
export const assessmentsPhase = consolidationPhase(assessments.model);

/** RedditHarbor's consolidations, in the order in which they run. */
export const consolidations: readonly PhaseDefinition[] = [opportunitiesPhase, assessmentsPhase];
