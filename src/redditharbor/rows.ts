/** The columns of the tables, of all their forms, as far as a declaration names them. */

export interface SubmissionRow {
  id: string;
  reddit_id: string;
  submission_id: string;
  redditor_id: string;
  subreddit_id: string;
  subreddit: string;
  title: string;
  created_at: Date;
}

export interface OpportunityRow {
  id: string;
  title: string;
  description: string;
  problem_statement: string;
  target_audience: string;
  submission_id: string;
  identified_from_submission_id: string;
  opportunity_id: string;
  app_name: string;
  status: string;
  source_subreddit: string;
  core_function_count: number;
  simplicity_constraint_met: boolean;
  proposed_solution: string;
  market_segment: string;
  business_category: string;
  created_at: Date;
  updated_at: Date;
  last_reviewed_at: Date;
}

export interface AppOpportunityRow {
  id: string;
  submission_id: string;
  title: string;
  problem_description: string;
  app_concept: string;
  core_functions: unknown;
  value_proposition: string;
  target_user: string;
  monetization_model: string;
  opportunity_score: number;
  subreddit: string;
  status: string;
  trust_score: number;
  trust_level: string;
  trust_badge: string;
  activity_score: number;
  engagement_level: string;
  trend_velocity: number;
  problem_validity: string;
  discussion_quality: string;
  ai_confidence_level: string;
  reddit_score: number;
  num_comments: number;
  notes: string;
  trust_factors: unknown;
  confidence_score: number;
  trust_validation_timestamp: number;
  trust_validation_method: string;
  _dlt_load_id: string;
  _dlt_id: string;
  created_at: Date;
  analyzed_at: Date;
  trust_updated_at: Date;
}

export interface WorkflowResultRow {
  id: string;
  opportunity_id: string;
  app_name: string;
  workflow_type: string;
  status: string;
  results: unknown;
  function_list: unknown;
  function_count: number;
  original_score: number;
  final_score: number;
  opportunity_assessment_score: number;
  market_demand_score: number;
  pain_intensity_score: number;
  competition_level_score: number;
  technical_feasibility_score: number;
  monetization_potential_score: number;
  market_demand: number;
  pain_intensity: number;
  monetization_potential: number;
  market_gap: number;
  technical_feasibility: number;
  error_message: string;
  constraint_applied: boolean;
  ai_insight: string;
  processed_at: Date;
  created_at: Date;
  updated_at: Date;
}
