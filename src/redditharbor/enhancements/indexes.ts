import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import type { DerivedIndex } from '../../project/derived.js';
import { assessments as declared } from '../assessments.js';
import { opportunitiesMapping } from '../phases.js';
import type { LegacyTableName } from '../tables.js';

/**
 * An index that a question of the benchmark is answered with. One that serves none is not made: writers pay for it; and
 * rows that none of its questions can be answered with are left out of it, which is half of them.
 */
export interface EnhancementIndex extends DerivedIndex {
  /** The questions of `drydock bench` that use it. */
  readonly serves: readonly string[];
  /** The legacy column that it is on, behind the legacy view. */
  readonly behind?: { readonly table: LegacyTableName; readonly column: string };
}

const opportunities = opportunitiesMapping.unified;
const duplicates = opportunitiesMapping.folded;
const assessments = declared.model.into;
const opportunityMade = { table: 'opportunities', column: 'created_at' } as const;

export const INDEXES: readonly EnhancementIndex[] = [
  {
    name: 'opportunities_unified_trust_tier_idx',
    table: opportunities,
    on: 'using btree (trust_level, trust_score) where trust_level is not null',
    serves: ['trust-level-statistics'],
  },
  {
    name: 'opportunities_unified_discovery_idx',
    table: opportunities,
    on: 'using btree (status, created_at) where trust_score is not null',
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
    on: 'using btree (total_score, validation_confidence) where total_score is not null',
    serves: ['scored-above-70'],
  },
  // The view merges both of its branches in the order of these; with one of them alone it would sort all rows.
  {
    name: 'opportunities_unified_newest_idx',
    table: opportunities,
    on: 'using btree (opportunity_created_at) where from_opportunities',
    serves: ['newest-opportunities'],
    behind: opportunityMade,
  },
  {
    name: 'opportunity_duplicates_newest_idx',
    table: duplicates,
    on: `using btree (opportunities_created_at) where source = 'opportunities'`,
    serves: ['newest-opportunities'],
    behind: opportunityMade,
  },
];

/** Those that this database has the columns for. A domain's view casts the column, which hides it from an index. */
export function indexesFor(legacy: LegacyDatabase): readonly EnhancementIndex[] {
  return INDEXES.filter(({ behind }) => {
    if (behind === undefined) return true;
    const table = legacy.tables.get(behind.table);
    const type = table && columnOf(table, behind.column)?.type;
    return type !== undefined && type.name === type.base;
  });
}
