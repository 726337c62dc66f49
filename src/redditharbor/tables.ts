import type { Shape, TableRule } from '../legacy/table-rule.js';

/** The tables that are unified. */
export const SOURCE_TABLES = [
  'opportunities',
  'app_opportunities',
  'workflow_results',
  'opportunity_scores',
  'market_validations',
  'score_components',
] as const;

/** Every table that is known: those, and the one that their keys are resolved by. */
export const LEGACY_TABLES = ['submissions', ...SOURCE_TABLES] as const;
export type LegacyTableName = (typeof LEGACY_TABLES)[number];

/** Tables whose rows are named by their ids, in other legacy tables or in ours, so that they need one. */
const NAMED_BY_ID: ReadonlySet<LegacyTableName> = new Set([
  'submissions',
  'opportunities',
  'opportunity_scores',
]);

/** Columns that both shapes of `app_opportunities` have. */
const APP_NEEDED = [
  'problem_description',
  'app_concept',
  'core_functions',
  'value_proposition',
  'target_user',
  'monetization_model',
  'opportunity_score',
] as const;
const APP_KNOWN = [
  'title',
  'subreddit',
  'reddit_score',
  'num_comments',
  'created_at',
  'analyzed_at',
  'status',
  'notes',
  'trust_level',
  'trust_score',
  'trust_badge',
  'activity_score',
  'engagement_level',
  'trend_velocity',
  'problem_validity',
  'discussion_quality',
  'ai_confidence_level',
  'trust_factors',
  'trust_updated_at',
] as const;

export const SHAPES: Readonly<Record<LegacyTableName, readonly Shape[]>> = {
  submissions: [
    {
      name: 'A',
      needed: ['id', 'reddit_id', 'title'],
      tellTale: ['reddit_id', 'redditor_id', 'subreddit_id'],
      known: ['created_at'],
    },
    {
      name: 'B',
      needed: ['id', 'submission_id', 'title'],
      tellTale: ['submission_id', 'subreddit'],
      known: ['created_at'],
    },
  ],
  opportunities: [
    {
      name: 'A',
      needed: ['id', 'title', 'problem_statement', 'submission_id', 'created_at'],
      tellTale: ['title', 'submission_id', 'description'],
      known: ['description', 'target_audience', 'updated_at'],
    },
    {
      name: 'B',
      needed: [
        'id',
        'problem_statement',
        'identified_from_submission_id',
        'opportunity_id',
        'app_name',
        'status',
        'created_at',
      ],
      tellTale: ['identified_from_submission_id', 'opportunity_id', 'app_name', 'core_function_count'],
      known: [
        'core_function_count',
        'simplicity_constraint_met',
        'proposed_solution',
        'target_audience',
        'market_segment',
        'last_reviewed_at',
        'business_category',
        'source_subreddit',
      ],
    },
  ],
  app_opportunities: [
    {
      name: 'table',
      needed: ['id', 'submission_id', ...APP_NEEDED],
      tellTale: ['id'],
      known: APP_KNOWN,
    },
    {
      // dlt makes a column when it first meets a value for it, so none but the merge key can be counted on.
      name: 'dlt',
      needed: ['submission_id'],
      tellTale: ['_dlt_load_id', '_dlt_id'],
      known: [
        ...APP_NEEDED,
        ...APP_KNOWN,
        'confidence_score',
        'trust_validation_timestamp',
        'trust_validation_method',
        '_dlt_load_id',
        '_dlt_id',
      ],
    },
  ],
  workflow_results: [
    {
      name: 'A',
      needed: ['id', 'opportunity_id', 'workflow_type', 'status'],
      tellTale: ['workflow_type', 'results', 'error_message'],
      known: [
        'results',
        'market_demand_score',
        'pain_intensity_score',
        'competition_level_score',
        'technical_feasibility_score',
        'monetization_potential_score',
        'opportunity_assessment_score',
        'error_message',
        'created_at',
        'updated_at',
      ],
    },
    {
      name: 'B',
      needed: ['id', 'opportunity_id', 'app_name', 'status'],
      tellTale: ['app_name', 'function_list', 'function_count', 'final_score'],
      known: [
        'function_count',
        'function_list',
        'original_score',
        'final_score',
        'constraint_applied',
        'ai_insight',
        'processed_at',
        'market_demand',
        'pain_intensity',
        'monetization_potential',
        'market_gap',
        'technical_feasibility',
      ],
    },
  ],
  opportunity_scores: [
    {
      name: 'A',
      needed: [
        'id',
        'opportunity_id',
        'market_demand',
        'pain_intensity',
        'competition_level',
        'technical_feasibility',
        'monetization_potential',
        'simplicity_score',
      ],
      tellTale: ['market_demand', 'pain_intensity', 'competition_level', 'technical_feasibility'],
      known: ['total_score', 'created_at', 'updated_at'],
    },
    {
      name: 'B',
      needed: [
        'id',
        'opportunity_id',
        'market_demand_score',
        'pain_intensity_score',
        'monetization_potential_score',
        'market_gap_score',
        'technical_feasibility_score',
        'simplicity_score',
      ],
      tellTale: ['market_demand_score', 'pain_intensity_score', 'market_gap_score', 'score_version'],
      known: ['total_score', 'score_date', 'score_version', 'scoring_notes'],
    },
  ],
  market_validations: [
    {
      name: 'A',
      needed: ['id', 'opportunity_id', 'validation_type'],
      tellTale: ['evidence', 'confidence_level'],
      known: ['created_at', 'updated_at'],
    },
    {
      name: 'B',
      needed: ['id', 'opportunity_id', 'validation_type'],
      tellTale: ['validation_result', 'confidence_score', 'validation_source'],
      known: ['validation_date', 'notes', 'status', 'evidence_url'],
    },
  ],
  score_components: [
    {
      name: 'A',
      needed: ['id', 'opportunity_score_id', 'component_type', 'value'],
      tellTale: ['opportunity_score_id', 'component_type'],
      known: ['reasoning', 'source', 'created_at'],
    },
    {
      name: 'B',
      needed: ['id', 'opportunity_id', 'metric_name', 'metric_value'],
      tellTale: ['opportunity_id', 'metric_name', 'metric_value'],
      known: ['evidence_text', 'confidence_level', 'source_submission_ids', 'calculated_at'],
    },
  ],
};

/** Where `submissions` itself holds one Reddit id twice, the oldest row is meant. */
const repeated: TableRule['repeated'] = {
  column: (shape) => (shape === 'A' ? 'reddit_id' : 'submission_id'),
  warning: (ids) => `${ids} Reddit ids stand in more than one row of submissions; the oldest row is meant.`,
};

export const TABLES: readonly TableRule[] = LEGACY_TABLES.map(
  (name): TableRule => ({
    name,
    role: name === 'submissions' ? 'crosswalk' : 'source',
    shapes: SHAPES[name],
    namedById: NAMED_BY_ID.has(name),
    ...(name === 'submissions' ? { repeated } : {}),
    ...(name === 'app_opportunities' ? { otherwiseIn: 'public_staging' } : {}),
  }),
);
