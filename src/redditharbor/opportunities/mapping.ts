import { opportunitiesPhase } from './phase.js';

/** Where the columns of the three tables go. */
export const opportunitiesMapping = opportunitiesPhase.mapping;
