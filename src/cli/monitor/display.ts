import { count } from '../../format/format.js';
import type { MonitorReport } from '../../reports/monitor.js';
import { canRedraw, LivePicture } from '../live-picture.js';
import { changeLines } from '../render/monitor/alerts.js';
import { monitorLine, monitorPicture } from '../render/monitor/report.js';
import { sparkline } from '../render/sparkline.js';
import type { Session } from '../session.js';

/** Shows one check after the other. */
export type MonitorDisplay = (report: MonitorReport) => void;

const MOST_RATES = 60;

/** A picture drawn in place on a terminal; else lines, or with `--json` a document a line. */
export function monitorDisplay(session: Session, options: { readonly alertsOnly: boolean }): MonitorDisplay {
  const { out, globals } = session;
  if (globals.json) {
    return (report) => {
      if (!options.alertsOnly) session.stream(report);
      else if (report.changes.length > 0) session.stream(onlyAlerts(report));
    };
  }
  if (options.alertsOnly)
    return (report) => out.lines(report.changes.flatMap((one) => changeLines(one, out.style)));
  if (!canRedraw(out) || globals.verbose) return lineByLine(session);
  const picture = new LivePicture(out);
  const rates: number[] = [];
  return (report) => {
    rates.push(
      (report.rates?.phases ?? []).reduce((sum, { rowsPerSecond }) => sum + (rowsPerSecond ?? 0), 0),
    );
    if (rates.length > MOST_RATES) rates.shift();
    picture.draw([...monitorPicture(report, out.style), '', footer(rates, session)]);
  };
}

/** A report without its figures. */
export function onlyAlerts({
  at,
  alerts,
  changes,
}: MonitorReport): Pick<MonitorReport, 'at' | 'alerts' | 'changes'> {
  return { at, alerts, changes };
}

function footer(rates: readonly number[], { out }: Session): string {
  const most = Math.max(...rates);
  const line =
    most > 0 ? `${sparkline(rates.slice(-out.style.width + 40))} up to ${count(most)} rows/s   ` : '';
  return out.style.colors.dim(`  ${line}Ctrl-C ends it`);
}

function lineByLine({ out }: Session): MonitorDisplay {
  return (report) =>
    out.lines([monitorLine(report), ...report.changes.flatMap((one) => changeLines(one, out.style))]);
}
