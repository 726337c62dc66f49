import type { Asked } from '../../project/questions.js';
import { usageQuery } from '../enhancements/llm-usage.js';
import type { Forms } from './forms.js';
import { onView } from './on-view.js';

const DAYS = 30;

/** What language models cost, from every legacy table in which an application wrote it down. */
export function llmUsage(forms: Forms): Asked {
  const named = {
    group: 'reporting',
    name: 'llm-usage',
    asks: `Calls, cost and mean latency of language models per day and model, in ${DAYS} days`,
  } as const;
  const { usage, legacy } = forms;
  const query = usageQuery(
    legacy.schema,
    usage.map(({ table }) => ({ table, unified: false })),
  );
  if (query === null) {
    const reason = 'No table has a column for the cost or the latency of a language model.';
    return { ...named, reason };
  }
  const asked = (from: string, last: string) =>
    `select day, model, calls, cost_usd, round(avg_latency_ms, 4) as latency_ms from ${from} where day > ${last}::date - ${DAYS} and day <= ${last}::date`;
  return onView(forms, 'mv_llm_usage', named, (view) => ({
    // Some clocks were wrong by years.
    parameters: `select (percentile_disc(0.98) within group (order by day))::text as last from ${view} where isfinite(day)`,
    legacy: (last = '') => asked(`(${query}) u`, last),
    unified: (last = '') => asked(view, last),
  }));
}
