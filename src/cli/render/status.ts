import { count, counted, duration, percent } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { ViewStatus } from '../../reports/refresh.js';
import type { BatchStatus, CopyOf, LedgerEvent, PhaseStatus, StatusReport } from '../../reports/status.js';
import type { Style } from '../style.js';
import { facts, heading, mark, title } from './parts.js';
import { atWorkFacts } from './running.js';
import { stateText } from './state.js';
import { table } from './table.js';

/** Who is at work, and what the ledger says of every phase, batch by batch when asked. */
export function renderStatus(report: StatusReport, style: Style): string[] {
  return [
    ...title('status', report, style),
    '',
    ...facts(
      [
        ...atWorkFacts(report, style),
        ...(report.copyOf === null ? [] : [['copy', copyText(report.copyOf, style)] as const]),
        ...(report.lastEvent === null ? [] : [['newest', eventText(report.lastEvent)] as const]),
      ],
      style,
    ),
    ...report.phases.flatMap((phase) => [
      ...heading(phase.phase, stateText(phase.state, style), style),
      ...phaseFacts(phase, style),
      ...(phase.batchList === null || phase.batchList.length === 0
        ? []
        : ['', ...batchTable(phase.batchList, style)]),
    ]),
  ];
}

/** A copy works on as it is, or wants to be adopted. */
function copyText({ database, needsAdoption }: CopyOf, style: Style): string {
  const of = `of database ${printable(database)}`;
  return needsAdoption
    ? style.colors.red(`${of}, and the ledger does not know its tables yet: drydock adopt`)
    : `${of}, with everything where the ledger says`;
}

function eventText({ at, kind, phase, by, detail }: LedgerEvent): string {
  const what = `${phase === null ? '' : `${phase} `}${kind}${detail === null ? '' : ` (${printable(detail)})`}`;
  return `${what} at ${printable(at)}, by ${printable(by)}`;
}

function phaseFacts(phase: PhaseStatus, style: Style): string[] {
  const { batches, lastRun, lastVerification, lastBackup } = phase;
  if (phase.state === 'new') return ['  Nothing has been made for this phase.'];
  return facts(
    [
      [
        'batches',
        `${count(batches.done)} of ${count(batches.total)} done (${percent(batches.done, batches.total)}), ` +
          `up to ${count(batches.size)} rows each`,
      ],
      [
        'rows',
        `${count(phase.rowsIn)} in, ${count(phase.rowsOut)} out, ${count(phase.folded)} folded, ` +
          `${count(phase.rejected)} rejected`,
      ],
      [
        'last run',
        lastRun === null
          ? 'none'
          : `${printable(lastRun.outcome ?? 'not finished')}, started ${printable(lastRun.startedAt)}` +
            `${lastRun.finishedAt === null ? '' : `, finished ${printable(lastRun.finishedAt)}`}, ` +
            `by ${printable(lastRun.by)}`,
      ],
      [
        'verified',
        lastVerification === null
          ? 'never'
          : `${mark(lastVerification.equal, style)} ${lastVerification.equal ? 'equal' : 'different'} ` +
            `at ${printable(lastVerification.at)}`,
      ],
      [
        'backed up',
        lastBackup === null
          ? 'no backup that the ledger knows'
          : `${printable(lastBackup.at)}, ${printable(lastBackup.directory)} on ${printable(lastBackup.host)}`,
      ],
      ...(phase.views ?? []).map((view) => ['view', viewText(view)] as const),
      ['changes', captureText(phase, style)],
    ],
    style,
  );
}

/** How old a view is, and whether that matters. */
function viewText({ name, refreshedAt, stale }: ViewStatus): string {
  if (refreshedAt === null) return `${printable(name)}, never filled`;
  const age = stale === null ? '' : stale ? '; its tables have changed since' : '; nothing has changed since';
  return `${printable(name)}, of ${printable(refreshedAt)}${age}`;
}

function captureText({ capture }: PhaseStatus, style: Style): string {
  if (capture === null) return 'not captured';
  const { silent, backlog, lagSeconds } = capture;
  if (silent.length > 0) {
    const names = silent.map(printable).join(', ');
    return style.colors.red(`not captured on ${names}: triggers are missing or switched off`);
  }
  const lag = backlog === 0 ? '' : `, lag ${duration(lagSeconds)}`;
  return `captured on ${counted(capture.tables.length, 'table')}, ${count(backlog)} not applied yet${lag}`;
}

function batchTable(batches: readonly BatchStatus[], style: Style): string[] {
  return table(
    [
      { title: 'batch', align: 'right' },
      { title: 'from key', flexible: true },
      { title: 'status' },
      { title: 'in', align: 'right' },
      { title: 'out', align: 'right' },
      { title: 'folded', align: 'right' },
      { title: 'rejected', align: 'right' },
      { title: 'tries', align: 'right' },
    ],
    batches.map((batch) => [
      String(batch.number),
      batch.from === null ? 'the first' : printable(batch.from),
      batch.status === 'done' ? style.colors.green('done') : style.colors.yellow('pending'),
      ...[batch.rowsIn, batch.rowsOut, batch.folded, batch.rejected, batch.attempts].map(count),
    ]),
    style,
  );
}
