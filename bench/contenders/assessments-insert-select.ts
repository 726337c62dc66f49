import type { BenchServer } from '../server.js';
import { type PeerRun, runPeer } from './peer.js';

const PEER = 'peer_assessments';
const RECORDS = 'peer_assessment_records';

/**
 * One statement for the assessments phase: the newest score of each opportunity, its validations and components
 * summed up as jsonb; and, because that is what most of the phase's rows are, every earlier score, validation and
 * component kept whole beside it, in a second table that the same statement fills. Scores of folded opportunities go
 * to the one that they were folded into; shape B is on the percent scale, so the cast to numeric is all the rescaling
 * there is.
 *
 * Left out, in the peer's favour: no residue (the percent scale needs none), no ledger, no foreign key, no check that
 * evidence is what jsonb takes beyond the server's own; whether an opportunity is there is not looked up, so that a row
 * that names none meets others only by chance; ids that are derived are MD5, not SHA-1. All other columns of both tables
 * come out as ours do.
 */
const STATEMENT = `
with folded as (
  select opportunities_id as id, unified_id from opportunity_duplicates where source = 'opportunities'
), s as materialized (
  select r.*, coalesce(f.unified_id, r.opportunity_id) as key,
    row_number() over (partition by coalesce(f.unified_id, r.opportunity_id)
      order by r.score_date desc nulls last, r.score_version desc nulls last, r.id) as place,
    min(r.score_date) over (partition by coalesce(f.unified_id, r.opportunity_id)) as first
  from opportunity_scores r left join folded f on f.id = r.opportunity_id
), v as (
  select r.key, count(*) as n, jsonb_agg(distinct r.validation_type) as types,
    jsonb_object_agg(r.validation_type, case when pg_input_is_valid(r.validation_result, 'jsonb')
        then r.validation_result::jsonb else to_jsonb(r.validation_result) end)
      filter (where r.place = 1 and length(r.validation_result) <= 16384) as evidence,
    avg(r.confidence_score) filter (where r.confidence_score between 0 and 9.9999) as confidence,
    min(r.validation_date) as first, max(r.validation_date) as last
  from (
    select coalesce(f.unified_id, r.opportunity_id) as key, r.validation_type, r.validation_date, r.validation_result,
      r.confidence_score, row_number() over (partition by coalesce(f.unified_id, r.opportunity_id), r.validation_type
        order by r.validation_date desc nulls last, r.id) as place
    from market_validations r left join folded f on f.id = r.opportunity_id
  ) r group by 1
), c as (
  select coalesce(f.unified_id, r.opportunity_id) as key, count(*) as n,
    nullif(jsonb_strip_nulls(
      jsonb_object_agg(r.metric_name, r.metric_value order by r.calculated_at nulls first, r.id desc)), '{}') as metrics,
    min(r.calculated_at) as first, max(r.calculated_at) as last
  from score_components r left join folded f on f.id = r.opportunity_id group by 1
), ids as materialized (
  select k.key, coalesce(s.id, md5('assessment:' || k.key)::uuid) as id
  from (select key from s union select key from v union select key from c) k
  left join s on s.key = k.key and s.place = 1
), earlier as (
  insert into ${RECORDS} (source, merge_key, opportunity_scores_id,
    opportunity_scores_market_demand_score, opportunity_scores_pain_intensity_score,
    opportunity_scores_monetization_potential_score, opportunity_scores_market_gap_score,
    opportunity_scores_technical_feasibility_score, opportunity_scores_simplicity_score,
    opportunity_scores_opportunity_id, opportunity_scores_score_date, opportunity_scores_score_version,
    opportunity_scores_total_score, opportunity_scores_scoring_notes)
  select 'opportunity_scores', i.key, s.id, s.market_demand_score, s.pain_intensity_score,
    s.monetization_potential_score, s.market_gap_score, s.technical_feasibility_score, s.simplicity_score,
    s.opportunity_id, s.score_date, s.score_version, s.total_score, s.scoring_notes
  from s join ids i on i.key = s.key where s.place > 1
), validations as (
  insert into ${RECORDS} (source, merge_key, market_validations_id, market_validations_opportunity_id,
    market_validations_validation_type, market_validations_validation_date, market_validations_validation_result,
    market_validations_confidence_score, market_validations_validation_source, market_validations_notes,
    market_validations_status, market_validations_evidence_url)
  select 'market_validations', i.key, r.id, r.opportunity_id, r.validation_type, r.validation_date,
    r.validation_result, r.confidence_score, r.validation_source, r.notes, r.status, r.evidence_url
  from market_validations r left join folded f on f.id = r.opportunity_id
  join ids i on i.key = coalesce(f.unified_id, r.opportunity_id)
), components as (
  insert into ${RECORDS} (source, merge_key, score_components_id, score_components_opportunity_id,
    score_components_metric_name, score_components_metric_value, score_components_calculated_at,
    score_components_evidence_text, score_components_confidence_level, score_components_source_submission_ids)
  select 'score_components', i.key, r.id, r.opportunity_id, r.metric_name, r.metric_value, r.calculated_at,
    r.evidence_text, r.confidence_level, r.source_submission_ids
  from score_components r left join folded f on f.id = r.opportunity_id
  join ids i on i.key = coalesce(f.unified_id, r.opportunity_id)
)
insert into ${PEER} (
  id, merge_key, opportunity_id, market_demand_score, pain_intensity_score, monetization_potential_score,
  market_gap_score, technical_feasibility_score, simplicity_score, validation_types, validation_evidence,
  validation_confidence, validation_count, score_breakdown, component_count, assessment_method, assessment_version,
  last_assessed_at, created_at, updated_at, from_opportunity_scores,
  score_opportunity_id, score_date, score_version, legacy_total_score, scoring_notes
)
select k.id, k.key, k.key,
  s.market_demand_score, s.pain_intensity_score, s.monetization_potential_score,
  s.market_gap_score, s.technical_feasibility_score, s.simplicity_score, v.types, v.evidence,
  v.confidence, coalesce(v.n, 0), c.metrics, coalesce(c.n, 0),
  case when s.id is not null and v.n > 0 then 'SCORED_AND_VALIDATED' when s.id is not null then 'SCORED'
    when v.n > 0 then 'VALIDATION_ONLY' else 'COMPONENTS_ONLY' end, s.score_version,
  greatest(s.score_date, v.last, c.last), least(s.first, v.first, c.first),
  greatest(s.score_date, v.last, c.last), s.id is not null,
  s.opportunity_id, s.score_date, s.score_version, s.total_score, s.scoring_notes
from ids k left join s on s.key = k.key and s.place = 1 left join v on v.key = k.key left join c on c.key = k.key`;

/** From no tables to analysed ones with the keys and indexes of ours. */
export function assessmentsInsertSelect(server: BenchServer): Promise<PeerRun> {
  return runPeer(server, {
    tables: [
      { ours: 'opportunity_assessments', table: PEER },
      { ours: 'opportunity_assessment_records', table: RECORDS },
    ],
    statement: STATEMENT,
  });
}
