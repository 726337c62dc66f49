import { printable } from '../../../format/printable.js';
import type { Alert, AlertChange, MonitorReport, Unknown } from '../../../reports/monitor.js';
import type { Style } from '../../style.js';
import { wrap } from '../text.js';

/** The alerts that stand, alone. */
export function renderAlerts({ alerts }: Pick<MonitorReport, 'alerts'>, style: Style): string[] {
  return alerts.length === 0 ? [] : alertLines(alerts, style);
}

/** The alerts that stand: how severe, since when, why, and what to do. */
export function alertLines(alerts: readonly Alert[], style: Style): string[] {
  const { colors } = style;
  if (alerts.length === 0) return [`  ${colors.green('✔')} none`];
  return alerts.flatMap(({ severity, code, since, reason, next }) => [
    ...wrap(
      `  ${severityText(severity, style)} ${colors.bold(code)}: ${printable(reason)} ${colors.dim(`(since ${clock(since)})`)}`,
      style.width,
      '    ',
    ),
    ...wrap(`    ${colors.dim('Next:')} ${printable(next)}`, style.width, '          '),
  ]);
}

/** What changed, for a log: the time, the change, and the alert. */
export function changeLines({ change, at, alert }: AlertChange, style: Style): string[] {
  const { colors } = style;
  const what =
    change === 'cleared'
      ? colors.green('cleared ')
      : `${change.padEnd(8)}${severityText(alert.severity, style)}`;
  return [
    ...wrap(`${clock(at)} ${what} ${alert.code}: ${printable(alert.reason)}`, style.width, '         '),
    ...(change === 'cleared'
      ? []
      : wrap(`         ${colors.dim('Next:')} ${printable(alert.next)}`, style.width, '               ')),
  ];
}

/** What could not be read, and what helps. One line for each figure. */
export function unknownLines(unknown: readonly Unknown[], style: Style): string[] {
  return unknown.flatMap(({ figure, why, next }) =>
    wrap(
      `  ${style.colors.yellow('?')} ${figure}: ${printable(why)}. ${style.colors.dim(printable(next))}`,
      style.width,
      '    ',
    ),
  );
}

/** The time of day of an ISO time, in UTC. */
export function clock(at: string): string {
  return printable(at.slice(11, 19));
}

function severityText(severity: Alert['severity'], { colors }: Style): string {
  return severity === 'critical' ? colors.red('✖ critical') : colors.yellow('! warning');
}
