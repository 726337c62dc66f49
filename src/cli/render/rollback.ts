import type { RollbackReport } from '../../reports/rollback.js';
import { printable } from '../printable.js';
import type { Style } from '../style.js';
import { heading, mark, title } from './parts.js';

/** What `drydock rollback` dropped, by name. */
export function renderRollback(report: RollbackReport, style: Style): string[] {
  const nothing = report.phases.every(({ dropped }) => dropped.length === 0);
  return [
    ...title('rollback', report, style),
    ...report.phases.flatMap(({ phase, dropped }) => [
      ...heading(phase, '', style),
      ...(dropped.length === 0 ? ['  There was nothing of this phase.'] : []),
      ...dropped.map((name) => `  dropped ${printable(name)}`),
    ]),
    '',
    `${mark(true, style)} ${nothing ? 'Nothing to drop.' : 'Rolled back.'} The legacy tables were not touched.`,
  ];
}
