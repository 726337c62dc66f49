import type { BenchServer } from '../server.js';
import { type PeerRun, runPeer } from './peer.js';

const PEER = 'peer_opportunities';

/** Reddit's id without the prefix of its full name, or of an opportunity. */
const bare = (raw: string) =>
  `case when left(${raw}, 4) = 'opp_' then substr(${raw}, 5) when left(${raw}, 3) = 't3_' then substr(${raw}, 4) else ${raw} end`;

/**
 * What a good database administrator would type. Every row is resolved to its submission, in each of the four
 * spellings; the winner of each key is found among narrow rows (key, time, id), because sorting whole rows spills to
 * disk; then the winners' rows are fetched by hash joins and put together by survivorship.
 *
 * Left out, in the peer's favour: ideas are not told apart, so that all rows of one submission are one row; the rows
 * that lose are dropped; nothing is kept that the unified columns cannot hold; no ledger, no foreign key; of two
 * spellings of `core_functions` each stays as it is.
 */
const STATEMENT = `
insert into ${PEER} (
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
with s as materialized (
  select distinct on (submission_id) submission_id as rid, id from submissions order by submission_id, created_at, id
), twin as materialized (
  select t.id, s.id as oldest from submissions t join s on s.rid = t.submission_id where s.id <> t.id
), ok as (
  select distinct on (k.key) k.key, r.id from opportunities r
  cross join lateral (select ${bare('r.opportunity_id')} as bare) b
  left join s on s.rid = b.bare
  left join twin on twin.id = r.identified_from_submission_id
  cross join lateral (
    select coalesce(twin.oldest, r.identified_from_submission_id, s.id, md5(b.bare)::uuid, r.id) as key) k
  order by k.key, r.last_reviewed_at desc nulls last, r.id
), ak as (
  select distinct on (k.key) k.key, r.id from app_opportunities r
  cross join lateral (select ${bare('r.submission_id')} as bare) b
  cross join lateral (select case when length(b.bare) = 36 then b.bare::uuid end as named) n
  left join s on s.rid = b.bare
  left join twin on twin.id = n.named
  cross join lateral (select coalesce(s.id, twin.oldest, n.named, md5(b.bare)::uuid) as key) k
  order by k.key, r.analyzed_at desc nulls last, r.id
), wk as (
  select distinct on (k.key) k.key, r.id from workflow_results r
  cross join lateral (select ${bare('r.opportunity_id')} as bare) b
  left join s on s.rid = b.bare
  cross join lateral (select coalesce(s.id, md5(b.bare)::uuid) as key) k
  order by k.key, r.processed_at desc nulls last, r.id
)
select coalesce(o.id, a.id, w.id), coalesce(ok.key, ak.key, wk.key), s.id,
  coalesce(a.title, s.title, o.app_name, w.app_name, left(o.problem_statement, 80), ''),
  coalesce(o.problem_statement, a.problem_description), coalesce(a.core_functions, w.function_list),
  case when a.trust_score between 0 and 100 then a.trust_score end, a.trust_level, a.trust_badge,
  case when coalesce(a.opportunity_score, w.final_score::numeric) between 0 and 100
    then coalesce(a.opportunity_score, w.final_score::numeric)::numeric(5,2) end,
  coalesce(o.app_name, w.app_name), coalesce(o.source_subreddit, a.subreddit),
  case when w.id is not null then jsonb_build_object('market_demand', w.market_demand, 'pain_intensity', w.pain_intensity, 'market_gap', w.market_gap,
    'technical_feasibility', w.technical_feasibility, 'monetization_potential', w.monetization_potential) end,
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
from ok full join ak on ak.key = ok.key full join wk on wk.key = coalesce(ok.key, ak.key)
left join opportunities o on o.id = ok.id
left join app_opportunities a on a.id = ak.id
left join workflow_results w on w.id = wk.id
left join submissions s on s.id = coalesce(ok.key, ak.key, wk.key)`;

/** From no table to an analysed one with the keys and indexes of ours. */
export function insertSelect(server: BenchServer): Promise<PeerRun> {
  return runPeer(server, { tables: [{ ours: 'opportunities_unified', table: PEER }], statement: STATEMENT });
}
