import { count, duration } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { FullRollbackReport, PutBack } from '../../reports/full-rollback.js';
import type { Style } from '../style.js';
import { caveatLines } from './caveats.js';
import { facts, mark, title } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

const OUTCOMES: Readonly<Record<PutBack['outcome'], readonly [did: string, would: string]>> = {
  same: ['was as in the backup', 'is as in the backup'],
  rows: ['has its rows again', 'would get its rows again'],
  made: ['made again', 'would be made again'],
};

/** What `drydock rollback --full` put back, and what went. */
export function renderFullRollback(report: FullRollbackReport, style: Style): string[] {
  const { dryRun, tables, phases } = report;
  const dropped = phases.flatMap((phase) => phase.dropped);
  return [
    ...title(dryRun ? 'full rollback, dry run' : 'full rollback', report, style),
    '',
    ...table(
      [
        { title: 'table', flexible: true },
        { title: 'rows', align: 'right' },
        { title: 'in the backup', align: 'right' },
        { title: '' },
      ],
      tables.map((one) => [
        printable(`${one.schema}.${one.table}`),
        count(one.rowsBefore),
        count(one.rows),
        OUTCOMES[one.outcome][dryRun ? 1 : 0],
      ]),
      style,
    ),
    '',
    ...dropped.map((name) => `  ${dryRun ? 'would drop' : 'dropped'} ${printable(name)}`),
    ...report.carried.map(
      (what) => `  ${dryRun ? 'would be carried to the table:' : 'carried to the table:'} ${printable(what)}`,
    ),
    ...(dropped.length + report.carried.length === 0 ? [] : ['']),
    ...facts(
      [
        ['from', printable(report.directory)],
        ['snapshot', printable(report.takenAt)],
      ],
      style,
    ),
    ...caveatLines(report, style),
    '',
    ...wrap(
      `${mark(report.differences.length === 0, style)} ${verdict(report)} (${duration(report.seconds)})`,
      style.width,
      '  ',
    ),
  ];
}

function verdict({ dryRun, tables }: FullRollbackReport): string {
  if (dryRun) return 'Nothing was changed. What was written since the snapshot would be lost.';
  return tables.every(({ outcome }) => outcome === 'same')
    ? 'The legacy tables are as in the backup: they were already.'
    : 'Rolled back: the legacy tables are as in the backup, compared by hash.';
}
