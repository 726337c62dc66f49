import { count, counted, duration } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { RefreshReport, RefreshSeriesReport, ScheduleReport } from '../../reports/refresh.js';
import type { Style } from '../style.js';
import { facts, mark, title } from './parts.js';
import { table } from './table.js';

/** What `drydock refresh` did, view by view. */
export function renderRefresh(report: RefreshReport, style: Style): string[] {
  return [
    ...title('refresh', report, style),
    '',
    ...table(
      [{ title: 'materialized view', flexible: true }, { title: '' }, { title: 'as of' }],
      report.views.map(({ name, refreshed, refreshedAt, seconds }) => [
        printable(name),
        refreshed ? `refreshed in ${duration(seconds ?? 0)}` : style.colors.dim('nothing has changed'),
        printable(refreshedAt ?? ''),
      ]),
      style,
    ),
    '',
    `${mark(true, style)} ${roundText(report)}`,
  ];
}

/** One round in a sentence. */
export function roundText({ views, seconds }: RefreshReport): string {
  const refreshed = views.filter((view) => view.refreshed).length;
  return `${count(refreshed)} of ${counted(views.length, 'view')} refreshed, in ${duration(seconds)}.`;
}

/** How the rounds went that a signal ended. */
export function renderSeries(report: RefreshSeriesReport, style: Style): string[] {
  return [
    ...title('refresh', report, style),
    '',
    ...facts(
      [
        ['rounds', `${count(report.rounds)}, and ${count(report.putOff)} put off`],
        ['refreshed', counted(report.refreshed, 'view')],
        ['time', duration(report.seconds)],
      ],
      style,
    ),
  ];
}

/** The job that was made. */
export function renderSchedule(report: ScheduleReport, style: Style): string[] {
  const { id, name, schedule } = report.job;
  return [
    ...title('refresh', report, style),
    '',
    ...facts(
      [
        ['job', `${printable(name)} (${count(id)})`],
        ['schedule', printable(schedule)],
      ],
      style,
    ),
    '',
    `${mark(true, style)} pg_cron refreshes the views. Rollback of phase enhancements ends it.`,
  ];
}
