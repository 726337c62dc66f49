import { consolidationPhase } from '../../consolidation/phase.js';
import { opportunitiesDeclaration } from '../opportunities.js';

/** `opportunities` + `app_opportunities` + `workflow_results` -> `opportunities_unified`. */
export const opportunitiesPhase = consolidationPhase(opportunitiesDeclaration.model);
