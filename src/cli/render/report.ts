import { printable } from '../../format/printable.js';
import type { MigrationReport } from '../../reports/report.js';
import type { Style } from '../style.js';
import { title, warning } from './parts.js';

/** What `drydock report` wrote. */
export interface WrittenReport {
  readonly file: string;
  /** Null: nobody asked for it. */
  readonly opened: boolean | null;
  readonly report: MigrationReport;
}

export function renderReport({ file, opened, report }: WrittenReport, style: Style): string[] {
  return [
    ...title('report', report, style),
    `  ${printable(file)}`,
    ...(report.bench === null
      ? [style.colors.dim('  Without a benchmark: --bench adds one that `drydock bench --save DIR` wrote.')]
      : []),
    ...(opened === false
      ? warning('There is no program here that opens it; open the file yourself.', style)
      : []),
  ];
}
