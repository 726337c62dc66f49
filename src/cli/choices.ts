import { PHASES } from '../reports/target.js';

/** What `--phase` may be. */
export const PHASE_CHOICES = [...PHASES, 'all'];

/** What `--shape` may be: both generations of the legacy schema, the second one with dlt's table, or a mixture. */
export const SHAPES = ['A', 'B', 'dlt', 'mixed'] as const;
export type Shape = (typeof SHAPES)[number];
