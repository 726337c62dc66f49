import { assessmentsMapping } from '../assessments/mapping.js';
import { opportunitiesMapping } from '../opportunities/mapping.js';

/** An index that a question of the benchmark is answered with. One that serves none is not made: writers pay for it. */
export interface EnhancementIndex {
  readonly name: string;
  readonly table: string;
  /** What stands behind `on table`. */
  readonly on: string;
  /** The questions of `drydock bench` that use it. */
  readonly serves: readonly string[];
}

const opportunities = opportunitiesMapping.unified;
const assessments = assessmentsMapping.unified;

export const INDEXES: readonly EnhancementIndex[] = [
  {
    name: 'opportunities_unified_trust_tier_idx',
    table: opportunities,
    on: 'using btree (trust_level, trust_score)',
    serves: ['trust-level-statistics'],
  },
  {
    name: 'opportunities_unified_discovery_idx',
    table: opportunities,
    on: 'using btree (status, created_at)',
    serves: ['best-trust-of-the-week'],
  },
  {
    name: 'opportunities_unified_core_functions_idx',
    table: opportunities,
    // The questions ask what contains a function (@>); this class is smaller than the default one and answers just that.
    on: 'using gin (core_functions jsonb_path_ops)',
    serves: ['with-core-function'],
  },
  {
    name: 'opportunity_assessments_score_confidence_idx',
    table: assessments,
    on: 'using btree (total_score, validation_confidence)',
    serves: ['scored-above-70'],
  },
];
