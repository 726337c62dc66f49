import type { BenchServer } from '../server.js';
import { type PeerRun, runPeer } from './peer.js';

const PEER = 'peer_assessments';

/**
 * One statement for the assessments phase: the newest score of each opportunity, its validations and components
 * summed up as jsonb. Scores of folded opportunities go to the one that they were folded into; shape B is on the
 * percent scale, so the cast to numeric is all the rescaling there is.
 *
 * Left out, in the peer's favour: earlier scores, validations and components are not kept whole (ours copies each
 * into `opportunity_assessment_records` and indexes that); no residue, no ledger, no foreign key.
 */
const STATEMENT = `
insert into ${PEER} (
  id, merge_key, opportunity_id, market_demand_score, pain_intensity_score, monetization_potential_score,
  market_gap_score, technical_feasibility_score, simplicity_score, validation_types, validation_evidence,
  validation_confidence, validation_count, score_breakdown, component_count, assessment_method, assessment_version,
  last_assessed_at, created_at, updated_at, from_opportunity_scores,
  score_opportunity_id, score_date, score_version, legacy_total_score, scoring_notes
)
with folded as (
  select opportunities_id as id, unified_id from opportunity_duplicates where source = 'opportunities'
), s as (
  select distinct on (key) r.*, coalesce(f.unified_id, r.opportunity_id) as key
  from opportunity_scores r left join folded f on f.id = r.opportunity_id
  order by key, r.score_date desc nulls last, r.score_version desc nulls last, r.id
), v as (
  select coalesce(f.unified_id, r.opportunity_id) as key, count(*) as n,
    jsonb_agg(distinct r.validation_type) as types,
    jsonb_object_agg(r.validation_type, case when pg_input_is_valid(r.validation_result, 'jsonb')
        then r.validation_result::jsonb else to_jsonb(r.validation_result) end
      order by r.validation_date nulls first, r.id desc)
      filter (where length(r.validation_result) <= 16384) as evidence,
    avg(r.confidence_score) filter (where r.confidence_score between 0 and 9.9999) as confidence,
    min(r.validation_date) as first, max(r.validation_date) as last
  from market_validations r left join folded f on f.id = r.opportunity_id group by 1
), c as (
  select coalesce(f.unified_id, r.opportunity_id) as key, count(*) as n,
    jsonb_object_agg(r.metric_name, r.metric_value order by r.calculated_at nulls first, r.id desc)
      filter (where r.metric_value is not null) as metrics,
    min(r.calculated_at) as first, max(r.calculated_at) as last
  from score_components r left join folded f on f.id = r.opportunity_id group by 1
)
select coalesce(s.id, md5('assessment:' || k.key)::uuid), k.key, k.key,
  s.market_demand_score, s.pain_intensity_score, s.monetization_potential_score,
  s.market_gap_score, s.technical_feasibility_score, s.simplicity_score, v.types, v.evidence,
  v.confidence, coalesce(v.n, 0), c.metrics, coalesce(c.n, 0),
  case when s.id is not null and v.n > 0 then 'SCORED_AND_VALIDATED' when s.id is not null then 'SCORED'
    when v.n > 0 then 'VALIDATION_ONLY' else 'COMPONENTS_ONLY' end, s.score_version,
  greatest(s.score_date, v.last, c.last), least(s.score_date, v.first, c.first),
  greatest(s.score_date, v.last, c.last), s.id is not null,
  s.opportunity_id, s.score_date, s.score_version, s.total_score, s.scoring_notes
from s full join v on v.key = s.key full join c on c.key = coalesce(s.key, v.key)
cross join lateral (select coalesce(s.key, v.key, c.key) as key) k`;

/** From no table to an analysed one with the keys and indexes of ours. */
export function assessmentsInsertSelect(server: BenchServer): Promise<PeerRun> {
  return runPeer(server, { ours: 'opportunity_assessments', table: PEER, statement: STATEMENT });
}
