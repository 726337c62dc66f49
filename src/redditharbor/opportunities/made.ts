import { opportunitiesDeclaration } from '../opportunities.js';

/** What the opportunities phase makes, as declarations name it. */
export const opportunities = opportunitiesDeclaration;
