import type { Asked } from '../../project/questions.js';
import type { Forms } from './forms.js';
import { lacks } from './left-out.js';
import { materializedReports } from './materialized.js';

/** Figures over everything. */
export function reporting(forms: Forms): Asked[] {
  return [trustLevels(forms), ...materializedReports(forms)];
}

function trustLevels({ ideas, tables }: Forms): Asked {
  const named = {
    group: 'reporting',
    name: 'trust-level-statistics',
    asks: 'Number, mean and median trust score of the opportunities of each trust level',
  } as const;
  if (ideas === null) return lacks(named, 'opportunities and app_opportunities');
  const figures = (
    from: string,
  ) => `select trust_level, count(*) as opportunities, round(avg(trust_score), 2) as mean,
  percentile_cont(0.5) within group (order by trust_score) as median
from ${from} where trust_level is not null group by trust_level`;
  return {
    ...named,
    // Which idea a row belongs to does not matter here: the newest row of each submission counts.
    whole: true,
    legacy: () => `${ideas.upTo('a_best')}\n${figures('a_best')}`,
    unified: () => figures(tables.unified),
  };
}
