import type { DerivedDefinition } from '../../project/derived.js';
import { bindEnhancements } from './bind.js';

/** Metrics of submissions, indexes and materialized views on what was unified. */
export const enhancements: DerivedDefinition = {
  name: 'enhancements',
  after: 'assessments',
  batchesOf: 'opportunities',
  bind: bindEnhancements,
};
