import { upperCase } from '../../mapping/conversions/letter-case.js';
import { same } from '../../mapping/conversions/same.js';
import { score } from '../../mapping/conversions/score.js';
import { stringList } from '../../mapping/conversions/string-list.js';
import { type Home, homesOf, type PhaseMapping, type SourceRule } from '../../mapping/mapping.js';
import { OTHERWISE, statusOf, UNIFIED_STATUSES } from './statuses.js';

const text = (target: string): Home => ({ kind: 'golden', target, conversion: same });
const own = (target: string): Home => ({ kind: 'own', target, type: 'text' });
const verbatim = (target: string): Home => ({ kind: 'own', target });
const key = (target: string): Home => ({ kind: 'own', target, key: true });
const time = (target: string): Home => ({ kind: 'own', target, read: true });
const dimension = (member: string, scale: 'percent' | 'unit' | 'unitComplement'): Home => ({
  kind: 'member',
  target: 'dimension_scores',
  member,
  conversion: score(scale),
});

/** Which columns say when a row was last reviewed or updated. */
export const UPDATED = [
  'updated_at',
  'last_reviewed_at',
  'analyzed_at',
  'trust_updated_at',
  'processed_at',
] as const;

const opportunities: SourceRule = {
  table: 'opportunities',
  prefix: 'opportunity',
  flag: 'from_opportunities',
  identity: ['id'],
  locators: ['submission_id', 'opportunity_id'],
  looseIdentity: [],
  winnerTimes: UPDATED,
  homes: homesOf({
    id: { kind: 'id' },
    title: text('title'),
    description: own('description'),
    problem_statement: text('problem_statement'),
    target_audience: own('target_audience'),
    status: {
      kind: 'golden',
      target: 'status',
      conversion: statusOf({
        discovered: 'identified',
        ai_enriched: 'ai_enriched',
        validated: 'validated',
        archived: 'archived',
      }),
    },
    app_name: text('app_name'),
    source_subreddit: text('subreddit'),
    submission_id: key('opportunity_submission_id'),
    identified_from_submission_id: key('opportunity_submission_id'),
    opportunity_id: key('opportunity_reddit_id'),
    core_function_count: verbatim('core_function_count'),
    simplicity_constraint_met: verbatim('simplicity_constraint_met'),
    proposed_solution: verbatim('proposed_solution'),
    market_segment: verbatim('market_segment'),
    business_category: verbatim('business_category'),
    created_at: time('opportunity_created_at'),
    updated_at: time('opportunity_updated_at'),
    last_reviewed_at: time('last_reviewed_at'),
  }),
};

const appOpportunities: SourceRule = {
  table: 'app_opportunities',
  prefix: 'app',
  flag: 'from_app_opportunities',
  identity: ['id'],
  locators: ['submission_id'],
  looseIdentity: ['_dlt_id', 'submission_id'],
  winnerTimes: UPDATED,
  homes: homesOf({
    id: { kind: 'own', target: 'app_opportunity_id', key: true, read: true },
    submission_id: key('app_submission_id'),
    title: text('title'),
    problem_description: text('problem_statement'),
    app_concept: own('app_concept'),
    core_functions: { kind: 'golden', target: 'core_functions', conversion: stringList },
    value_proposition: own('value_proposition'),
    target_user: own('target_user'),
    monetization_model: own('monetization_model'),
    opportunity_score: { kind: 'golden', target: 'opportunity_score', conversion: score('percent') },
    subreddit: text('subreddit'),
    status: {
      kind: 'golden',
      target: 'status',
      conversion: statusOf({
        discovered: 'discovered',
        ai_enriched: 'ai_enriched',
        validated: 'validated',
        archived: 'rejected',
      }),
    },
    trust_score: { kind: 'golden', target: 'trust_score', conversion: score('percent') },
    trust_level: { kind: 'golden', target: 'trust_level', conversion: upperCase(['dlt']) },
    trust_badge: { kind: 'golden', target: 'trust_badge', conversion: upperCase(['dlt']) },
    activity_score: verbatim('activity_score'),
    engagement_level: own('engagement_level'),
    trend_velocity: verbatim('trend_velocity'),
    problem_validity: own('problem_validity'),
    discussion_quality: own('discussion_quality'),
    ai_confidence_level: own('ai_confidence_level'),
    reddit_score: verbatim('reddit_score'),
    num_comments: verbatim('num_comments'),
    notes: own('notes'),
    trust_factors: verbatim('trust_factors'),
    confidence_score: verbatim('confidence_score'),
    trust_validation_timestamp: verbatim('trust_validation_timestamp'),
    trust_validation_method: verbatim('trust_validation_method'),
    _dlt_load_id: verbatim('app_dlt_load_id'),
    _dlt_id: { kind: 'own', target: 'app_dlt_id', read: true, key: true },
    created_at: time('app_created_at'),
    analyzed_at: time('analyzed_at'),
    trust_updated_at: time('trust_updated_at'),
  }),
};

const workflowResults: SourceRule = {
  table: 'workflow_results',
  prefix: 'workflow',
  flag: 'from_workflow_results',
  identity: ['id'],
  locators: ['opportunity_id'],
  looseIdentity: [],
  winnerTimes: UPDATED,
  homes: homesOf({
    id: { kind: 'own', target: 'workflow_result_id', key: true, read: true },
    opportunity_id: key('workflow_opportunity_id'),
    app_name: text('app_name'),
    function_list: { kind: 'golden', target: 'core_functions', conversion: stringList },
    // A workflow's status nearly always differs from its opportunity's, which comes first in survivorship: in the
    // residue it would stand in three of four rows, so it has a column of its own.
    status: { kind: 'own', target: 'workflow_status', read: true },
    market_demand_score: dimension('market_demand', 'unit'),
    pain_intensity_score: dimension('pain_intensity', 'unit'),
    competition_level_score: dimension('market_gap', 'unitComplement'),
    technical_feasibility_score: dimension('technical_feasibility', 'unit'),
    monetization_potential_score: dimension('monetization_potential', 'unit'),
    market_demand: dimension('market_demand', 'percent'),
    pain_intensity: dimension('pain_intensity', 'percent'),
    monetization_potential: dimension('monetization_potential', 'percent'),
    market_gap: dimension('market_gap', 'percent'),
    technical_feasibility: dimension('technical_feasibility', 'percent'),
    opportunity_assessment_score: { kind: 'own', target: 'workflow_assessment_score', read: true },
    final_score: { kind: 'own', target: 'workflow_final_score', read: true },
    original_score: verbatim('workflow_original_score'),
    function_count: verbatim('workflow_function_count'),
    workflow_type: verbatim('workflow_type'),
    results: verbatim('workflow_results'),
    error_message: verbatim('workflow_error_message'),
    constraint_applied: verbatim('constraint_applied'),
    ai_insight: verbatim('ai_insight'),
    processed_at: time('processed_at'),
    created_at: time('workflow_created_at'),
    updated_at: time('workflow_updated_at'),
  }),
};

/** The golden columns, in the order in which the merger gives them. */
export const GOLDEN = [
  'title',
  'problem_statement',
  'core_functions',
  'trust_score',
  'trust_level',
  'trust_badge',
  'opportunity_score',
  'app_name',
  'subreddit',
  'dimension_scores',
  'status',
] as const;

const statuses = UNIFIED_STATUSES.map((status) => `'${status}'`).join(', ');

export const opportunitiesMapping: PhaseMapping = {
  phase: 'opportunities',
  thing: 'opportunity',
  unified: 'opportunities_unified',
  folded: 'opportunity_duplicates',
  defaults: {
    id: 'gen_random_uuid()',
    merge_key: 'gen_random_uuid()',
    created_at: 'now()',
    updated_at: 'now()',
    status: `'${OTHERWISE}'`,
  },
  sources: [opportunities, appOpportunities, workflowResults],
  computed: [
    { name: 'id', ddl: 'uuid not null' },
    { name: 'merge_key', ddl: 'uuid not null' },
    { name: 'submission_id', ddl: 'uuid' },
    { name: 'title', ddl: 'text not null' },
    { name: 'problem_statement', ddl: 'text' },
    { name: 'core_functions', ddl: 'jsonb' },
    { name: 'trust_score', ddl: 'numeric(5,2) check (trust_score between 0 and 100)' },
    { name: 'trust_level', ddl: 'text' },
    { name: 'trust_badge', ddl: 'text' },
    { name: 'opportunity_score', ddl: 'numeric(5,2) check (opportunity_score between 0 and 100)' },
    { name: 'app_name', ddl: 'text' },
    { name: 'subreddit', ddl: 'text' },
    { name: 'dimension_scores', ddl: 'jsonb' },
    { name: 'status', ddl: `text not null check (status in (${statuses}))` },
    { name: 'created_at', ddl: 'timestamptz' },
    { name: 'updated_at', ddl: 'timestamptz' },
    { name: 'from_opportunities', ddl: 'boolean not null' },
    { name: 'from_app_opportunities', ddl: 'boolean not null' },
    { name: 'from_workflow_results', ddl: 'boolean not null' },
    { name: 'residue', ddl: 'jsonb' },
  ],
  always: [
    {
      name: 'opportunity_assessment_score',
      ddl: 'numeric(5,2) generated always as (opportunity_score) stored',
    },
    { name: 'description', ddl: 'text' },
    { name: 'target_audience', ddl: 'text' },
    { name: 'app_concept', ddl: 'text' },
    { name: 'value_proposition', ddl: 'text' },
    { name: 'target_user', ddl: 'text' },
    { name: 'monetization_model', ddl: 'text' },
    { name: 'activity_score', ddl: 'numeric(6,2)' },
    { name: 'engagement_level', ddl: 'text' },
    { name: 'trend_velocity', ddl: 'numeric(8,4)' },
    { name: 'problem_validity', ddl: 'text' },
    { name: 'discussion_quality', ddl: 'text' },
    { name: 'ai_confidence_level', ddl: 'text' },
  ],
};
