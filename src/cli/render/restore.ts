import { count, counted, duration, shortHash } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { RestoreReport } from '../../reports/restore.js';
import type { Style } from '../style.js';
import { caveatLines } from './caveats.js';
import { facts, mark } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** What `drydock restore` made, what it proved, and what could not be as it was. */
export function renderRestore(report: RestoreReport, style: Style): string[] {
  const { colors } = style;
  return [
    `${colors.bold('Drydock restore')}  ${printable(report.database)}`,
    '',
    ...table(
      [
        { title: 'table', flexible: true },
        { title: 'rows', align: 'right' },
        { title: 'hash, as in the backup' },
        { title: '' },
      ],
      report.tables.map((one) => [
        printable(`${one.schema}.${one.table}`),
        count(one.rows),
        shortHash(one.hash),
        `${mark(true, style)} equal`,
      ]),
      style,
    ),
    '',
    ...facts(
      [
        ['from', printable(report.directory)],
        ['snapshot', printable(report.takenAt)],
        ['manifest', report.manifestHash],
        ['ledger', report.knownToLedger ? 'knows this very backup' : 'does not know this backup'],
      ],
      style,
    ),
    ...caveatLines(report, style),
    '',
    ...wrap(
      `${mark(report.equal, style)} ${verdict(report)} (${duration(report.seconds)})`,
      style.width,
      '  ',
    ),
  ];
}

function verdict({ tables, equal, verified }: RestoreReport): string {
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  const how = verified ? 'by hash and as text' : 'by hash';
  const what = `Restored ${counted(rows, 'row')} of ${counted(tables.length, 'table')}, compared ${how};`;
  return `${what} ${equal ? 'all definitions are as they were.' : 'some definitions are not as they were: see above.'}`;
}
