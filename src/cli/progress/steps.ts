import type { Step } from '../../reports.js';

/** What a step does, for a person. */
export const STEP_TEXT = {
  plan: 'reading the catalog and counting',
  tables: 'creating the tables',
  load: 'unifying rows',
  indexes: 'building indexes and constraints',
  views: 'creating the legacy views',
  verify: 'comparing both sides',
  drop: 'dropping what Drydock made',
} as const satisfies Readonly<Record<Step, string>>;
