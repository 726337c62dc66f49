import type { Asked } from '../../project/questions.js';
import { coreFunction } from './core-function.js';
import type { Forms } from './forms.js';
import { lacks } from './left-out.js';
import { wholeOpportunity } from './whole-opportunity.js';

/** What people look for. */
export function discovery(forms: Forms): Asked[] {
  return [bestTrust(forms), wholeOpportunity(forms), topCombined(forms), coreFunction(forms)];
}

/** Some clocks were wrong by years: the last week is the one before the moment by which 98 % of the rows were made. */
function bestTrust({ ideas, tables }: Forms): Asked {
  const named = {
    group: 'discovery',
    name: 'best-trust-of-the-week',
    asks: 'The 20 opportunities with the best trust score of the last 7 days, of each status in turn',
  } as const;
  if (ideas === null) return lacks(named, 'opportunities and app_opportunities');
  const within = (from: string, to: string) =>
    `created_at > ${from}::timestamptz and created_at <= ${to}::timestamptz`;
  return {
    ...named,
    parameters: `select status, (last - interval '7 days')::text as week, last::text as now
from (select percentile_disc(0.98) within group (order by created_at) as last from ${tables.unified} where isfinite(created_at) and trust_score is not null) t,
  (select distinct status from ${tables.unified}) s order by status`,
    whole: true,
    legacy: (status = '', from = '', to = '') => `${ideas.upTo('every')}
select k, title, trust_score, created_at from every
where status = ${status} and ${within(from, to)} and trust_score is not null and known
order by trust_score desc, k limit 20`,
    unified: (
      status = '',
      from = '',
      to = '',
    ) => `select merge_key, title, trust_score, created_at from ${tables.unified}
where status = ${status} and ${within(from, to)} and trust_score is not null and submission_id is not null
order by trust_score desc, merge_key limit 20`,
  };
}

function topCombined({ ideas, assessments, tables }: Forms): Asked {
  const named = {
    group: 'discovery',
    name: 'top-20-combined',
    asks: 'The 20 opportunities with the best combined score: 0.7 of the total and 0.3 of the trust score',
  } as const;
  if (ideas === null || assessments.scores === null)
    return lacks(named, 'opportunities, app_opportunities and opportunity_scores');
  return {
    ...named,
    whole: true,
    legacy: () => `${ideas.upTo('a')},\n${assessments.scores}
select o.id, coalesce(o.title, a.title, o.submission_title) as title, 0.7 * c.total_score + 0.3 * a.trust_score as combined
from c join o on o.id = c.idea join a on a.idea = o.id
where o.known and c.total_score is not null and a.trust_score is not null
order by combined desc, o.id limit 20`,
    unified: () => `select u.id, u.title, 0.7 * a.total_score + 0.3 * u.trust_score as combined
from ${tables.unified} u join ${tables.assessments} a on a.opportunity_id = u.id
where u.submission_id is not null and a.total_score is not null and u.trust_score is not null
order by combined desc, u.id limit 20`,
  };
}
