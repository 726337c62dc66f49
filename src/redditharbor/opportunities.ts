import * as d from '../declare.js';
import type { AppOpportunityRow, OpportunityRow, SubmissionRow, WorkflowResultRow } from './rows.js';

/** Reddit's posts, by their uuid and by Reddit's id: '1ov5v6d', 't3_1ov5v6d', 'opp_1ov5v6d'. */
const submissions = d.crosswalk<SubmissionRow>('submissions', {
  id: 'id',
  variants: {
    A: { tells: ['reddit_id', 'redditor_id', 'subreddit_id'], needs: ['id', 'reddit_id', 'title'], alias: 'reddit_id' },
    B: { tells: ['submission_id', 'subreddit'], needs: ['id', 'submission_id', 'title'], alias: 'submission_id' },
  },
  prefixes: ['t3_', 'opp_t3_', 'opp_'],
  oldest: 'created_at',
  thing: 'submission',
}); // biome-ignore format: a table

const naming = { alias: 'opportunity_id', written: 'opp_' } as const;
const [A, B] = ['submission_id', 'identified_from_submission_id'] as const;
const opportunities = d.source<OpportunityRow>('opportunities', {
  identity: ['id'],
  variants: {
    A: {
      tells: ['title', 'submission_id', 'description'],
      needs: ['id', 'title', 'problem_statement', 'submission_id', 'created_at'],
      match: [d.resolve(submissions, { ids: [A, B], ...naming })],
    },
    B: {
      tells: ['identified_from_submission_id', 'opportunity_id', 'app_name', 'core_function_count'],
      needs: ['id', 'problem_statement', B, 'opportunity_id', 'app_name', 'status', 'created_at'],
      match: [d.resolve(submissions, { ids: [B, A], ...naming })],
    },
  },
  distinct: [['title', 'app_name'], 'problem_statement'],
  times: { created: ['created_at'], updated: ['updated_at', 'last_reviewed_at'] },
  winner: 'last-updated',
  prefix: 'opportunity',
  names: { identified_from_submission_id: 'opportunity_submission_id', opportunity_id: 'opportunity_reddit_id' },
  unprefixed: [
    'core_function_count', 'simplicity_constraint_met', 'proposed_solution', 'market_segment', 'business_category', 'last_reviewed_at',
  ],
}); // biome-ignore format: a table

const app = d.source<AppOpportunityRow>('app_opportunities', {
  identity: ['id'],
  alike: ['_dlt_id', 'submission_id'],
  match: [d.resolve(submissions, { alias: 'submission_id' })],
  attach: 'title',
  variants: {
    table: {
      tells: ['id'],
      needs: [
        'id', 'submission_id', 'problem_description', 'app_concept', 'core_functions', 'value_proposition', 'target_user',
        'monetization_model', 'opportunity_score',
      ],
    },
    // dlt makes a column when it first meets a value for it, so none but the merge key can be counted on.
    dlt: { tells: ['_dlt_load_id', '_dlt_id'], needs: ['submission_id'] },
  },
  times: { created: ['created_at'], updated: ['analyzed_at', 'trust_updated_at'] },
  winner: 'last-updated',
  prefix: 'app',
  names: { id: 'app_opportunity_id', _dlt_load_id: 'app_dlt_load_id', _dlt_id: 'app_dlt_id' },
  unprefixed: [
    'reddit_score', 'num_comments', 'trust_factors', 'confidence_score', 'trust_validation_timestamp', 'trust_validation_method',
    'analyzed_at', 'trust_updated_at',
  ],
}); // biome-ignore format: a table

const workflow = d.source<WorkflowResultRow>('workflow_results', {
  identity: ['id'],
  attach: 'app_name',
  variants: {
    A: {
      tells: ['workflow_type', 'results', 'error_message'],
      needs: ['id', 'opportunity_id', 'workflow_type', 'status'],
      match: [d.via(opportunities, 'opportunity_id')],
    },
    B: {
      tells: ['app_name', 'function_list', 'function_count', 'final_score'],
      needs: ['id', 'opportunity_id', 'app_name', 'status'],
      match: [d.resolve(submissions, naming)],
    },
  },
  times: { created: ['created_at', 'processed_at'], updated: ['updated_at', 'processed_at'] },
  winner: 'last-updated',
  prefix: 'workflow',
  names: { id: 'workflow_result_id', opportunity_assessment_score: 'workflow_assessment_score' },
  unprefixed: ['workflow_type', 'constraint_applied', 'ai_insight', 'processed_at'],
});

const words = {
  discovered: 'identified discovered pending',
  ai_enriched: 'scored completed ai_enriched',
  validated: 'validated built',
  archived: 'rejected failed archived',
};
const status = d.words(words, { unknown: 'discovered' });
const inCapitals = (column: d.Column<string>) => d.text(d.upper(column, { lowerIn: ['dlt'] }));

/** `opportunities` + `app_opportunities` + `workflow_results` -> `opportunities_unified`. */
export const opportunitiesDeclaration = d.consolidation('opportunities', {
  into: 'opportunities_unified',
  duplicates: 'opportunity_duplicates',
  thing: 'opportunity',
  ids: d.idsOf(opportunities),
  sources: [opportunities, app, workflow],
  // Applications write any number of rows of one submission.
  largestGroup: null,
  columns: {
    submission_id: d.resolved(submissions),
    title: d.text(opportunities.title, app.title).else(submissions.title).else(d.valueIn('app_name'))
      .else(d.firstWords('problem_statement', 80)).else('Untitled opportunity'),
    problem_statement: d.text(opportunities.problem_statement, app.problem_description),
    core_functions: d.list(app.core_functions, workflow.function_list),
    trust_score: d.score(d.percent(app.trust_score)),
    trust_level: inCapitals(app.trust_level),
    trust_badge: inCapitals(app.trust_badge),
    opportunity_score: d.score(d.percent(app.opportunity_score))
      .else(d.percent(workflow.final_score)).else(d.unit(workflow.opportunity_assessment_score)),
    app_name: d.text(opportunities.app_name, workflow.app_name),
    subreddit: d.text(opportunities.source_subreddit, app.subreddit),
    dimension_scores: d.members({
      market_demand: d.score(d.unit(workflow.market_demand_score), d.percent(workflow.market_demand)),
      pain_intensity: d.score(d.unit(workflow.pain_intensity_score), d.percent(workflow.pain_intensity)),
      market_gap: d.score(d.unitComplement(workflow.competition_level_score), d.percent(workflow.market_gap)),
      technical_feasibility: d.score(d.unit(workflow.technical_feasibility_score), d.percent(workflow.technical_feasibility)),
      monetization_potential: d.score(d.unit(workflow.monetization_potential_score), d.percent(workflow.monetization_potential)),
    }),
    // A workflow's status nearly always differs from its opportunity's: in the residue it would be in three of four rows.
    status: status(
      status.from(opportunities.status, { ai_enriched: 'ai_enriched', archived: 'archived' }),
      status.from(app.status, { discovered: 'discovered', ai_enriched: 'ai_enriched' }),
    ).else(status.from(workflow.status, {})).else('discovered'),
    created_at: d.earliest.else(submissions.created_at),
    updated_at: d.touched.notBefore('created_at'),
    opportunity_assessment_score: d.generated('numeric(5,2)', 'opportunity_score'),
    description: d.kept('text', opportunities.description),
    target_audience: d.kept('text', opportunities.target_audience),
    app_concept: d.kept('text', app.app_concept),
    value_proposition: d.kept('text', app.value_proposition),
    target_user: d.kept('text', app.target_user),
    monetization_model: d.kept('text', app.monetization_model),
    activity_score: d.kept('numeric(6,2)', app.activity_score),
    engagement_level: d.kept('text', app.engagement_level),
    trend_velocity: d.kept('numeric(8,4)', app.trend_velocity),
    problem_validity: d.kept('text', app.problem_validity),
    discussion_quality: d.kept('text', app.discussion_quality),
    ai_confidence_level: d.kept('text', app.ai_confidence_level),
    notes: d.kept('text', app.notes),
  },
}); // biome-ignore format: a table
