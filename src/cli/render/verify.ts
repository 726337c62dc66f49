import { counted, duration } from '../../format/format.js';
import type { VerifyReport } from '../../reports/verify.js';
import type { Style } from '../style.js';
import { accountingTable, heading, mark, title } from './parts.js';
import { wrap } from './text.js';
import { differenceLines, hashTable, invariantLines, mendLines, pendingLines } from './verification.js';

/** The result of `drydock verify`: a line a table, then every difference that was found. */
export function renderVerify(report: VerifyReport, style: Style): string[] {
  return [
    ...title('verify', report, style),
    ...report.phases.flatMap((phase) => [
      ...heading(phase.phase, verdict(phase.equal, style), style),
      ...hashTable(phase.tables, style),
      '',
      ...accountingTable(phase.accounting, style),
      ...(phase.accounting.length > 0 ? [''] : []),
      ...invariantLines(phase, style),
      ...pendingLines(phase, style),
      ...differenceLines(phase, style),
    ]),
    '',
    ...verifyVerdict(report, style),
  ];
}

/** The verdict alone. Says how much was compared: with a range that is not everything. */
export function verifyVerdict(report: VerifyReport, style: Style): string[] {
  return [...wrap(verdictText(report, style), style.width, '  '), ...mendLines(report.phases, style)];
}

function verdictText(report: VerifyReport, style: Style): string {
  const { colors } = style;
  const tables = report.phases.flatMap((phase) => phase.tables);
  const rows = tables.reduce((sum, one) => sum + one.legacy.rows, 0);
  const spent = colors.dim(`(${duration(report.seconds)})`);
  if (!report.equal) {
    return `${mark(false, style)} ${colors.bold('Not equal')}: what was found stands above. ${spent}`;
  }
  if (tables.length === 0) {
    return `${mark(true, style)} ${colors.bold('Nothing differs')} from what was made. ${spent}`;
  }
  const pending = report.phases.reduce((sum, phase) => sum + phase.pendingKeys, 0);
  return (
    `${mark(true, style)} ${colors.bold('Equal')}: ${counted(rows, 'row')} of ` +
    `${counted(tables.length, 'legacy table')} and of their views, compared by hash` +
    `${report.strict ? ' and as text' : ''}${pending > 0 ? `, but for ${counted(pending, 'key')} with changes to be applied` : ''}. ${spent}`
  );
}

function verdict(equal: boolean, style: Style): string {
  return equal ? style.colors.green('equal') : style.colors.red('not equal');
}
