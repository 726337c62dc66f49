import { qualified } from '../../db/identifier.js';
import type { Asked } from '../../project/questions.js';
import { type Forms, needed } from './forms.js';
import { lacks } from './left-out.js';
import { LegacyRow } from './legacy/columns.js';
import { llmUsage } from './llm-usage.js';
import { onView } from './on-view.js';

const group = 'reporting';
const BEST = 100;
const DAYS = 30;

/** Reports that the phase `enhancements` keeps as materialized views. */
export function materializedReports(forms: Forms): Asked[] {
  return [highValue(forms), trends(forms), validationSummary(forms), llmUsage(forms)];
}

function highValue(forms: Forms): Asked {
  const named = {
    group,
    name: 'high-value-ranking',
    asks: `The ${BEST} best opportunities with a total above 70, a trust score above 60 and a confidence above 0.7`,
  } as const;
  const { ideas, assessments } = forms;
  const { scores, validations } = assessments;
  if (ideas === null || scores === null || validations === null)
    return lacks(named, 'opportunities, app_opportunities, opportunity_scores and market_validations');
  return onView(forms, 'mv_high_value_opportunities', named, (view) => ({
    whole: true,
    legacy: () => `${ideas.upTo('a')},\n${scores},\n${validations}
select * from (select o.id, c.total_score, a.trust_score, v.validation_confidence,
  0.7 * c.total_score + 0.3 * a.trust_score as combined, row_number() over (order by 0.7 * c.total_score + 0.3 * a.trust_score desc, o.id) as rank
  from c join o on o.id = c.idea join a on a.idea = o.id join v on v.idea = o.id
  where c.total_score > 70 and a.trust_score > 60 and v.validation_confidence > 0.7) r
where rank <= ${BEST}`,
    unified: () =>
      `select opportunity_id, total_score, trust_score, validation_confidence, combined_score, rank from ${view} where rank <= ${BEST}`,
  }));
}

function trends(forms: Forms): Asked {
  const named = {
    group,
    name: 'trends',
    asks: `Opportunities, mean trust score and mean total per day and subreddit, in ${DAYS} days`,
  } as const;
  const { ideas, assessments, tables } = forms;
  if (ideas === null || assessments.scores === null)
    return lacks(named, 'opportunities, app_opportunities and opportunity_scores');
  const within = (last: string) => `day > ${last}::date - ${DAYS} and day <= ${last}::date`;
  const figures =
    'day, subreddit, opportunities, round(avg_trust_score, 4) as trust, assessed, round(avg_total_score, 4) as total';
  return onView(forms, 'mv_opportunity_trends', named, (view) => ({
    // Some clocks were wrong by years.
    parameters: `select (percentile_disc(0.98) within group (order by created_at))::date::text as last from ${tables.unified} where isfinite(created_at)`,
    whole: true,
    legacy: (last = '') => `${ideas.upTo('every')},\n${assessments.scores}
select ${figures} from (select (i.created_at at time zone 'UTC')::date as day, i.subreddit, count(*) as opportunities,
  avg(i.trust_score) as avg_trust_score, count(c.total_score) as assessed, avg(c.total_score) as avg_total_score
  from every i left join c on c.idea = i.idea where i.created_at is not null group by 1, 2) t where ${within(last)}`,
    unified: (last = '') => `select ${figures} from ${view} where ${within(last)}`,
  }));
}

function validationSummary(forms: Forms): Asked {
  const named = {
    group,
    name: 'validation-summary',
    asks: 'Number, opportunities, mean confidence and newest date of the validations of each type',
  } as const;
  const found = needed(forms, 'market_validations');
  if (forms.ideas === null || found === null)
    return lacks(named, 'opportunities, app_opportunities and market_validations');
  const table = found.market_validations;
  const row = new LegacyRow(table);
  const confidence = row.pick('confidence_score', 'confidence_level') ?? 'null';
  const { ideas } = forms;
  return onView(forms, 'mv_validation_summary', named, (view) => ({
    whole: true,
    legacy: () => `${ideas.upTo('o')}
select coalesce(${row.text('validation_type')}, '') as validation_type, count(*) as validations, count(distinct o.idea) as opportunities,
  round(avg(${confidence}::numeric), 4) as confidence, max(${row.pick('validation_date', 'created_at') ?? 'null::timestamptz'}) as newest
from ${qualified(table.schema, table.name)} r left join o_all o on o.id = r.opportunity_id group by 1`,
    unified: () =>
      `select validation_type, validations, opportunities, round(avg_confidence, 4), newest from ${view}`,
  }));
}
