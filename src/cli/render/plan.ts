import { bytes, count, counted, duration } from '../../format/format.js';
import { printable, quoted } from '../../format/printable.js';
import type { PhasePlan, PlanReport, ReferrerPlan, TablePlan } from '../../reports/plan.js';
import type { Style } from '../style.js';
import { matchLines } from './match-safety.js';
import { facts, heading, mark, subheading, title, warning } from './parts.js';
import { residueLines } from './residue.js';
import { stateText } from './state.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** What `drydock plan` found: the tables, what each phase would do, and what stands in the way. */
export function renderPlan(report: PlanReport, style: Style): string[] {
  return [
    ...title('plan', report, style),
    `  ${style.colors.dim(`PostgreSQL ${printable(report.server)}, read-only: nothing was written.`)}`,
    ...heading('Legacy tables', '', style),
    ...tableLines(report, style),
    ...report.phases.flatMap((phase) => phaseLines(phase, style)),
    ...(report.warnings.length > 0 ? heading('Warnings', '', style) : []),
    ...report.warnings.flatMap((text) => warning(text, style)),
    ...stopLines(report, style),
  ];
}

function tableLines(report: PlanReport, style: Style): string[] {
  const name = (one: TablePlan): string =>
    printable(one.schema === report.schema ? one.table : `${one.schema}.${one.table}`);
  const extras = report.tables.filter((one) => one.extraColumns.length > 0);
  return [
    ...table(
      [
        { title: 'table', flexible: true },
        { title: 'shape' },
        { title: 'rows', align: 'right' },
        { title: 'size', align: 'right' },
      ],
      report.tables.map((one) =>
        one.shape === 'missing'
          ? [name(one), style.colors.dim('missing'), '', '']
          : [name(one), one.shape, count(one.rows), bytes(one.bytes)],
      ),
      style,
    ),
    ...extras.flatMap((one) =>
      wrap(
        `  ${name(one)} has columns of its own, carried too: ${one.extraColumns.map(printable).join(', ')}`,
        style.width,
        '    ',
      ),
    ),
  ];
}

function phaseLines(phase: PhasePlan, style: Style): string[] {
  const made = phase.creates.map(printable).join(', ');
  return [
    ...heading(`Phase ${phase.phase}`, stateText(phase.state, style), style),
    ...table(
      [
        { title: 'source', flexible: true },
        { title: 'rows', align: 'right' },
        { title: 'keys', align: 'right' },
        { title: 'duplicates', align: 'right' },
        { title: 'orphans', align: 'right' },
      ],
      phase.sources.map((source) => [
        printable(source.table),
        ...[source.rows, source.keys, source.duplicates, source.orphans].map(count),
      ]),
      style,
    ),
    ...meetingLines(phase, style),
    ...referrerLines(phase, style),
    ...matchLines(phase, style),
    ...residueLines(phase, style),
    ...findingLines(phase, style),
    '',
    ...facts(
      [
        ['creates', made === '' ? 'nothing that is not there already' : made],
        ...(phase.capture === null
          ? []
          : ([
              [
                'triggers',
                `on ${phase.capture.tables.map(printable).join(', ')} (capture; only their owners may put them there)`,
              ],
            ] as const)),
        [
          'batches',
          `${counted(phase.batches.count, 'batch', 'batches')} of up to ${counted(phase.batches.size, 'row')}`,
        ],
        [
          'estimate',
          `about ${duration(phase.estimate.seconds)}, and ${bytes(phase.estimate.bytes)} of new storage`,
        ],
      ],
      style,
    ),
  ];
}

function meetingLines(phase: PhasePlan, style: Style): string[] {
  if (phase.meetings.length === 0) return [];
  return [
    ...subheading('Keys that several tables have', style),
    ...table(
      [
        { title: 'keys', align: 'right' },
        { title: 'have rows in', flexible: true },
      ],
      phase.meetings.map(({ tables, keys }) => [count(keys), tables.map(printable).join(' + ')]),
      style,
    ),
  ];
}

const BECOMES = {
  winner: 'the winner',
  id: 'unified id',
  left: 'as it is',
} as const satisfies Readonly<Record<ReferrerPlan['becomes'], string>>;

function referrerLines(phase: PhasePlan, style: Style): string[] {
  if (phase.referrers.length === 0) return [];
  return [
    ...subheading('Outside tables that name rows', style),
    ...table(
      [
        { title: 'table', flexible: true },
        { title: 'names' },
        { title: 'rows', align: 'right' },
        { title: 'nothing', align: 'right' },
        { title: 'becomes' },
      ],
      phase.referrers.flatMap((one) =>
        one.names.map(({ word, source, rows, dangling }) => [
          printable(`${one.table} (${one.columns.join(', ')})`),
          printable(word === null ? source : `${source}, as ${word}`),
          count(rows),
          count(dangling),
          BECOMES[one.becomes],
        ]),
      ),
      style,
    ),
  ];
}

function referrerFindings({ table: name, type, unknown }: ReferrerPlan): string[] {
  return unknown.map(
    ({ word, rows }) =>
      `${name}.${type} holds ${quoted(word)} in ${counted(rows, 'row')}, which is declared to name no source: these rows stay as they are.`,
  );
}

function findingLines(phase: PhasePlan, style: Style): string[] {
  const findings = [
    ...(phase.capture?.missing ?? []).map(
      (text) => `${printable(text)} Without, the run does not capture what is written meanwhile.`,
    ),
    ...phase.suspiciousScales.map(
      ({ table: name, column, max }) =>
        `${name}.${column} should hold percent, but its largest value is ${max}: it may be on the unit scale. ` +
        'It is copied as it is.',
    ),
    ...phase.unmapped.map(
      ({ table: name, column, value, rows, becomes }) =>
        `${name}.${column} holds ${quoted(value)} in ${counted(rows, 'row')}, which no rule names: ` +
        `it ${becomes === null ? 'gives no value' : `becomes ${quoted(becomes)}`}, and the raw value stays in the residue.`,
    ),
  ];
  findings.push(...phase.referrers.flatMap(referrerFindings));
  return [...(findings.length > 0 ? [''] : []), ...findings.flatMap((text) => warning(text, style))];
}

function stopLines(report: PlanReport, style: Style): string[] {
  const { colors, width } = style;
  if (report.stops.length === 0) {
    return ['', ...wrap(`${mark(true, style)} Nothing stands in the way of a run.`, width, '  ')];
  }
  return [
    ...heading('What would stop the run', colors.red(count(report.stops.length)), style),
    ...report.stops.flatMap(({ message, next }) => [
      ...wrap(`  ${mark(false, style)} ${printable(message)}`, width, '    '),
      ...(next === '' ? [] : wrap(`    ${colors.dim(printable(next))}`, width, '    ')),
    ]),
  ];
}
