import { count, duration, percent } from '../../../format/format.js';
import { printable } from '../../../format/printable.js';
import type { MonitorReport, PhaseProgress, QueryTime } from '../../../reports/monitor.js';
import { barText } from '../../progress/bar.js';
import type { Style } from '../../style.js';
import { facts, heading, title } from '../parts.js';
import { atWorkFacts } from '../running.js';
import { stateText } from '../state.js';
import { table } from '../table.js';
import { wrap } from '../text.js';
import { alertLines, clock, unknownLines } from './alerts.js';
import { serverFacts } from './server.js';

/** One check, for a person. */
export function renderMonitor(report: MonitorReport, style: Style): string[] {
  return [
    ...headline(report, style),
    ...progressPart(report, style),
    ...serverPart(report, style),
    ...alertPart(report, style),
    ...unknownPart(report, style),
  ];
}

/**
 * One check for a picture that is drawn again and again: alerts before the server's figures, since what does not fit on
 * the screen is cut at the end, and without what is unknown, which does not change.
 */
export function monitorPicture(report: MonitorReport, style: Style): string[] {
  return [
    ...headline(report, style),
    ...progressPart(report, style),
    ...alertPart(report, style),
    ...serverPart(report, style),
  ];
}

/** One check in one line, for a log. */
export function monitorLine({ at, sample, rates, error, alerts }: MonitorReport): string {
  if (sample === null) return `${clock(at)} unreachable: ${printable(error?.message ?? '')}`;
  const parts = (sample.progress?.phases ?? []).map(({ phase, state, batches }) => {
    const { rowsPerSecond = null, secondsLeft = null } =
      rates?.phases.find((one) => one.phase === phase) ?? {};
    return [
      `${phase} ${state} ${count(batches.done)}/${count(batches.total)}`,
      ...(rowsPerSecond === null ? [] : [`${count(rowsPerSecond)} rows/s`]),
      ...(secondsLeft ? [`${duration(secondsLeft)} left`] : []),
    ].join(' ');
  });
  const { connections, capture, progress } = sample;
  return [
    `${clock(at)} ${progress === null ? 'progress unknown' : parts.length === 0 ? 'nothing has begun' : parts.join('; ')}`,
    ...(capture === null
      ? []
      : [`backlog ${count(capture.backlog)}, lag ${duration(capture.lagSeconds ?? 0)}`]),
    ...(connections === null ? [] : [`connections ${connections.used}/${connections.max}`]),
    alerts.length === 0 ? 'no alerts' : `alerts: ${alerts.map(({ code }) => code).join(', ')}`,
  ].join('; ');
}

function headline({ at, sample, error }: MonitorReport, style: Style): string[] {
  if (sample !== null) {
    const [first = ''] = title('monitor', sample, style);
    return [`${first}  ${style.colors.dim(`PostgreSQL ${printable(sample.server)}, ${clock(at)} UTC`)}`];
  }
  return [
    style.colors.bold('Drydock monitor'),
    ...wrap(`  ${style.colors.red('✖')} ${printable(error?.message ?? '')}`, style.width, '    '),
  ];
}

function progressPart(report: MonitorReport, style: Style): string[] {
  if (report.sample === null) return [];
  const { progress, capture, standby } = report.sample;
  if (progress === null) return ['', `  ${style.colors.yellow('How far the phases are is unknown.')}`];
  const { running, phases } = progress;
  return [
    '',
    ...facts(
      [
        ...atWorkFacts({ running, standby }, style),
        ...(capture === null
          ? []
          : ([
              [
                'captured',
                `${count(capture.backlog)} changes wait${capture.lagSeconds === null ? '' : `, the oldest for ${duration(capture.lagSeconds)}`}${capture.followed ? ', a sync is connected' : ''}`,
              ],
            ] as const)),
      ],
      style,
    ),
    ...(phases.length === 0 ? ['', '  Nothing has been made yet: drydock plan, then drydock run.'] : []),
    ...phases.flatMap((phase) => phaseLines(phase, report, style)),
  ];
}

function phaseLines(phase: PhaseProgress, { rates, sample }: MonitorReport, style: Style): string[] {
  const { batches, verification } = phase;
  const own = rates?.phases.find((one) => one.phase === phase.phase);
  const bar =
    batches.done === batches.total
      ? []
      : [
          barText(
            {
              doneRows: phase.rowsIn,
              totalRows: phase.rowsIn + (own?.rowsLeft ?? 0),
              doneBatches: batches.done,
              totalBatches: batches.total,
              rate: own?.rowsPerSecond ?? 0,
              secondsLeft: own?.secondsLeft ?? null,
              paused: sample?.progress?.running?.paused != null,
            },
            style.width,
          ),
        ];
  return [
    ...heading(phase.phase, stateText(phase.state, style), style),
    ...bar,
    ...facts(
      [
        [
          'rows',
          `${count(phase.rowsIn)} in, ${count(phase.rowsOut)} out, ${count(phase.folded)} folded, ${count(phase.rejected)} rejected`,
        ],
        [
          'batches',
          `${count(batches.done)} of ${count(batches.total)} loaded (${percent(batches.done, batches.total)})` +
            `${batches.reopened > 0 ? `, ${count(batches.reopened)} to be loaded again` : ''}`,
        ],
        ...(verification === null
          ? []
          : ([
              [
                'verified',
                `${verification.equal ? style.colors.green('✔ equal') : style.colors.red('✖ different')} at ${printable(verification.at)}`,
              ],
            ] as const)),
      ],
      style,
    ),
  ];
}

function serverPart(report: MonitorReport, style: Style): string[] {
  if (report.sample === null) return [];
  return [
    ...heading('server', '', style),
    ...facts(serverFacts(report, style), style),
    ...queryTable(report.sample.queries ?? [], style),
  ];
}

function alertPart({ alerts }: MonitorReport, style: Style): string[] {
  return [...heading('alerts', '', style), ...alertLines(alerts, style)];
}

function queryTable(queries: readonly QueryTime[], style: Style): string[] {
  if (queries.length === 0) return [];
  return [
    '',
    ...table(
      [
        { title: 'query', flexible: true },
        { title: 'ms', align: 'right' },
        { title: 'baseline', align: 'right' },
        { title: '', align: 'right' },
      ],
      queries.map(({ name, ms, baselineMs }) => [
        printable(name),
        ms.toFixed(1),
        baselineMs === null ? 'learning' : baselineMs.toFixed(1),
        baselineMs === null ? '' : slower(ms / baselineMs - 1),
      ]),
      style,
    ),
  ];
}

function slower(share: number): string {
  const whole = Math.round(share * 100);
  return `${whole > 0 ? '+' : ''}${whole}%`;
}

function unknownPart({ sample }: MonitorReport, style: Style): string[] {
  const unknown = sample?.unknown ?? [];
  return unknown.length === 0 ? [] : [...heading('unknown', '', style), ...unknownLines(unknown, style)];
}
