import type { OrderReport } from '../../reports/orders.js';
import type { Style } from '../style.js';
import { facts, mark, title } from './parts.js';
import { rateText, runningFacts } from './running.js';
import { wrap } from './text.js';

/** What an order did, and the run as it has been told now. */
export function renderOrder(report: OrderReport, style: Style): string[] {
  return [
    ...title(report.order, report, style),
    '',
    ...facts(runningFacts(report.run, style), style),
    '',
    ...wrap(`${mark(true, style)} ${verdict(report)}`, style.width, '  '),
  ];
}

function verdict({ order, changed, run }: OrderReport): string {
  if (order === 'throttle') {
    return changed
      ? `Throttled: ${rateText(run.maxRate)} from the next batch on.`
      : `It was so already: ${rateText(run.maxRate)}.`;
  }
  if (order === 'resume') return changed ? 'Resumed: it goes on.' : 'It was not paused.';
  if (!changed) return 'It was paused already. `drydock resume` lets it go on.';
  return 'Paused: it stands still before its next batch, see `drydock status`. `drydock resume` lets it go on.';
}
