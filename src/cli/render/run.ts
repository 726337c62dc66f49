import { bytes, count, counted, duration, percent } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { Made, PhaseRun, RunReport } from '../../reports/run.js';
import type { Style } from '../style.js';
import { accountingTable, facts, heading, mark, title, warning } from './parts.js';
import { stateText } from './state.js';
import { table } from './table.js';
import { wrap } from './text.js';
import { differenceLines, hashTable, invariantLines, mendLines, pendingLines } from './verification.js';

/** The summary of `drydock run`: per phase the accounting, the figures, both hashes; then the verdict. */
export function renderRun(report: RunReport, style: Style): string[] {
  return [...title('run', report, style), ...runLines(report, style)];
}

/** The summary without its title, for a report that says more. */
export function runLines(report: RunReport, style: Style): string[] {
  return [
    ...report.phases.flatMap((phase) => phaseLines(phase, style)),
    ...(report.warnings.length > 0 ? [''] : []),
    ...report.warnings.flatMap((text) => warning(text, style)),
    '',
    ...verdictLines(report, style),
  ];
}

function phaseLines(phase: PhaseRun, style: Style): string[] {
  if (phase.made !== undefined) return derivedLines(phase, phase.made, style);
  const { verification } = phase;
  return [
    ...heading(phase.phase, stateText(phase.state, style), style),
    ...accountingTable(phase.accounting, style),
    '',
    ...facts(
      [
        [
          'result',
          `${counted(phase.unifiedRows, 'row')} in ${printable(phase.unifiedTable)}, ` +
            `${count(phase.foldedRows)} folded, ${count(phase.rejectedRows)} rejected`,
        ],
        ['batches', batchesText(phase)],
        ...(phase.rowsRead > 0
          ? ([['speed', `${count(Math.round(phase.rowsPerSecond))} rows/s`]] as const)
          : []),
        ...(phase.caughtUp === null || phase.caughtUp.changes === 0
          ? []
          : ([['meanwhile', caughtUpText(phase.caughtUp)]] as const)),
        ['time', timesText(phase)],
        ['storage', storageText(phase)],
      ],
      style,
    ),
    '',
    ...(verification === null
      ? warning('Not verified: the two sides were not compared in this run.', style)
      : [
          ...hashTable(verification.tables, style),
          ...invariantLines(verification, style),
          ...pendingLines(verification, style),
          ...differenceLines(verification, style),
        ]),
  ];
}

/** A phase that unifies nothing: what it made takes the place of the accounting. */
function derivedLines(phase: PhaseRun, made: readonly Made[], style: Style): string[] {
  const { verification } = phase;
  return [
    ...heading(phase.phase, stateText(phase.state, style), style),
    ...table(
      [
        { title: 'made', flexible: true },
        { title: 'rows', align: 'right' },
        { title: 'size', align: 'right' },
        { title: '' },
      ],
      made.map(({ name, rows, bytes: size, byThisRun }) => [
        printable(name),
        rows === null ? '' : count(rows),
        bytes(size),
        style.colors.dim(byThisRun ? '' : 'as before'),
      ]),
      style,
    ),
    '',
    ...facts(
      [
        [
          'metrics',
          `of ${count(phase.unifiedRows)} ${phase.countsOf ?? 'rows'}, in ${printable(phase.unifiedTable)}`,
        ],
        ['batches', batchesText(phase)],
        ['time', timesText(phase, 'count')],
        ['storage', bytes(phase.storage.unifiedBytes)],
      ],
      style,
    ),
    '',
    ...(verification === null
      ? warning('Not verified: some batches are left.', style)
      : invariantLines(verification, style)),
  ];
}

function batchesText({ batches }: PhaseRun): string {
  const before = batches.alreadyDone > 0 ? `, ${count(batches.alreadyDone)} loaded before` : '';
  const left = batches.total - batches.loaded - batches.alreadyDone;
  return (
    `${count(batches.loaded)} of ${count(batches.total)} loaded${before}` +
    `${left > 0 ? `, ${count(left)} left` : ''} (up to ${count(batches.size)} rows each)`
  );
}

function caughtUpText({ changes, keys, seconds }: NonNullable<PhaseRun['caughtUp']>): string {
  return `${counted(changes, 'change')} applied (${counted(keys, 'key')}) in ${duration(seconds)}`;
}

function timesText({ seconds }: PhaseRun, load = 'load'): string {
  return [
    `${load} ${duration(seconds.load)}${seconds.held < 0.1 ? '' : ` (${duration(seconds.held)} of it held back)`}`,
    `indexes ${duration(seconds.indexes)}`,
    `verification ${duration(seconds.verify)}`,
  ].join(', ');
}

function storageText({ storage: { legacyBytes, unifiedBytes } }: PhaseRun): string {
  const share = legacyBytes > 0 ? ` (${percent(unifiedBytes, legacyBytes)})` : '';
  return `${bytes(legacyBytes)} before → ${bytes(unifiedBytes)} unified${share}`;
}

function verdictLines(report: RunReport, style: Style): string[] {
  const { colors } = style;
  const spent = `In ${duration(report.seconds)}, with at most ${bytes(report.peakRssBytes)} of memory.`;
  const proof = proofText(report);
  const sentences: Readonly<Record<RunReport['outcome'], string>> = {
    done: `${mark(true, style)} ${colors.bold('Done')}: ${proof}`,
    'nothing-to-do': `${mark(true, style)} ${colors.bold('Nothing to do')}: every batch was loaded before; ${proof}`,
    different: `${mark(false, style)} ${colors.bold('Different')}: what was found stands above.`,
  };
  return [
    ...wrap(sentences[report.outcome], style.width, '  '),
    ...mendLines(
      report.phases.flatMap(({ verification }) => verification ?? []),
      style,
    ),
    ...wrap(`  ${colors.dim(spent)}`, style.width, '  '),
  ];
}

/** Claims no more than was compared (law 6). */
function proofText({ phases }: RunReport): string {
  if (phases.every(({ made, verification }) => made !== undefined && verification?.equal)) {
    return 'all that was made is right and in place.';
  }
  if (phases.every(({ state, verification }) => state === 'verified' && verification?.equal)) {
    return 'every legacy table equals its view, row for row.';
  }
  if (phases.every(({ verification }) => verification?.equal)) return 'what was compared is equal.';
  return 'not everything was compared, see above.';
}
