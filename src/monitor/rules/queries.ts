import type { Finding } from '../../reports/monitor.js';
import { type Rule, severityOf } from './rule.js';

/** A watched query that is slower than its baseline, and not only by a blink. */
export const slowQuery: Rule = {
  codes: ['slow-query'],
  patience: 3,
  judge: ({ sample: { queries }, standing }, thresholds) =>
    queries?.flatMap(({ name, ms, baselineMs }): Finding[] => {
      if (baselineMs === null || ms - baselineMs < thresholds.queryLeastMs) return [];
      const slower = (ms / baselineMs - 1) * 100;
      const limits = { warning: thresholds.queryWarningPercent, critical: thresholds.queryCriticalPercent };
      const severity = severityOf(slower, limits, standing('slow-query', name));
      if (severity === null) return [];
      return [
        {
          code: 'slow-query',
          subject: name,
          severity,
          reason: `"${name}" takes ${ms.toFixed(1)} ms, ${Math.round(slower)} % more than its baseline of ${baselineMs.toFixed(1)} ms.`,
          next: 'See what else is at work, and whether its tables want a vacuum; drydock throttle makes the run slower.',
        },
      ];
    }) ?? null,
};
