import { buildSameIndexes, indexDefinitions } from '../indexes.js';
import type { BenchServer } from '../server.js';

/**
 * What a good database administrator would type: every table resolved to its submission, one row per key of each,
 * joined and put together by survivorship. No residue, no duplicates kept, no ledger.
 */
const STATEMENT = `
insert into peer (
  id, merge_key, submission_id, title, problem_statement, core_functions, trust_score, trust_level, trust_badge,
  opportunity_score, app_name, subreddit, dimension_scores, status, created_at, updated_at,
  from_opportunities, from_app_opportunities, from_workflow_results,
  opportunity_created_at, last_reviewed_at, opportunity_submission_id, core_function_count,
  simplicity_constraint_met, proposed_solution, target_audience, market_segment, opportunity_reddit_id,
  business_category, app_opportunity_id, app_created_at, analyzed_at, trust_updated_at, app_submission_id,
  app_concept, value_proposition, target_user, monetization_model, reddit_score, num_comments, notes,
  activity_score, engagement_level, trend_velocity, problem_validity, discussion_quality, ai_confidence_level,
  trust_factors, workflow_result_id, workflow_final_score, processed_at, workflow_opportunity_id, workflow_status,
  workflow_function_count, workflow_original_score, constraint_applied, ai_insight
)
with s as (
  select distinct on (submission_id) id, submission_id as rid, title
  from submissions order by submission_id, created_at, id
), o as (
  select distinct on (coalesce(r.identified_from_submission_id, s.id, r.id)) r.*,
    coalesce(r.identified_from_submission_id, s.id, r.id) as key, coalesce(r.identified_from_submission_id, s.id) as sid
  from opportunities r left join s on s.rid = substr(r.opportunity_id, 5)
  order by coalesce(r.identified_from_submission_id, s.id, r.id), r.last_reviewed_at desc nulls last, r.id
), a as (
  select distinct on (k.key) r.*, k.key, k.sid from app_opportunities r
  left join s on s.rid = case when r.submission_id like 't3\\_%' then substr(r.submission_id, 4) else r.submission_id end
  cross join lateral (select coalesce(s.id, md5(r.submission_id)::uuid) as key, s.id as sid) k
  order by k.key, r.analyzed_at desc nulls last, r.id
), w as (
  select distinct on (k.key) r.*, k.key, k.sid from workflow_results r
  left join s on s.rid = substr(r.opportunity_id, 5)
  cross join lateral (select coalesce(s.id, md5(substr(r.opportunity_id, 5))::uuid) as key, s.id as sid) k
  order by k.key, r.processed_at desc nulls last, r.id
)
select coalesce(o.id, a.id, w.id), coalesce(o.key, a.key, w.key), coalesce(o.sid, a.sid, w.sid),
  coalesce(a.title, s2.title, o.app_name, w.app_name, left(o.problem_statement, 80), ''),
  coalesce(o.problem_statement, a.problem_description), coalesce(a.core_functions, w.function_list),
  case when a.trust_score between 0 and 100 then a.trust_score end, a.trust_level, a.trust_badge,
  case when coalesce(a.opportunity_score, w.final_score::numeric) between 0 and 100
    then coalesce(a.opportunity_score, w.final_score::numeric)::numeric(5,2) end,
  coalesce(o.app_name, w.app_name), coalesce(o.source_subreddit, a.subreddit),
  jsonb_build_object('market_demand', w.market_demand, 'pain_intensity', w.pain_intensity, 'market_gap', w.market_gap,
    'technical_feasibility', w.technical_feasibility, 'monetization_potential', w.monetization_potential),
  case coalesce(o.status, a.status, w.status) when 'completed' then 'ai_enriched' when 'scored' then 'ai_enriched'
    when 'ai_enriched' then 'ai_enriched' when 'validated' then 'validated' when 'built' then 'validated'
    when 'rejected' then 'archived' when 'failed' then 'archived' when 'archived' then 'archived' else 'discovered' end,
  least(o.created_at, a.created_at, w.processed_at at time zone 'UTC'),
  greatest(o.last_reviewed_at, a.analyzed_at, w.processed_at at time zone 'UTC'),
  o.id is not null, a.id is not null, w.id is not null,
  o.created_at, o.last_reviewed_at, o.identified_from_submission_id, o.core_function_count,
  o.simplicity_constraint_met, o.proposed_solution, o.target_audience, o.market_segment, o.opportunity_id,
  o.business_category, a.id, a.created_at, a.analyzed_at, a.trust_updated_at, a.submission_id,
  a.app_concept, a.value_proposition, a.target_user, a.monetization_model, a.reddit_score, a.num_comments, a.notes,
  a.activity_score, a.engagement_level, a.trend_velocity, a.problem_validity, a.discussion_quality, a.ai_confidence_level,
  a.trust_factors, w.id, w.final_score, w.processed_at, w.opportunity_id, w.status,
  w.function_count, w.original_score, w.constraint_applied, w.ai_insight
from o full join a on a.key = o.key full join w on w.key = coalesce(o.key, a.key)
left join s s2 on s2.id = coalesce(o.sid, a.sid, w.sid)`;

/** Seconds from an empty table to an analysed one with the indexes of ours. */
export async function insertSelect(server: BenchServer): Promise<number> {
  const client = await server.connect();
  try {
    const definitions = await indexDefinitions(client, 'opportunities_unified');
    await client.query('drop table if exists peer');
    const start = performance.now();
    await client.query(
      'create table peer (like opportunities_unified including generated including constraints)',
    );
    // The tie-breaks of distinct ideas are left out: one row of each table per key.
    await client.query(STATEMENT);
    await buildSameIndexes(server, definitions, 'opportunities_unified', 'peer');
    return (performance.now() - start) / 1000;
  } finally {
    await client.query('drop table if exists peer');
    await client.end();
  }
}
