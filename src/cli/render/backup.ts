import { bytes, count, counted, duration, percent } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { BackupReport } from '../../reports/backup.js';
import type { Style } from '../style.js';
import { facts, mark, title, warning } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** What `drydock backup` wrote, where, and what is not in it. */
export function renderBackup(report: BackupReport, style: Style): string[] {
  const rows = report.tables.reduce((sum, one) => sum + one.rows, 0);
  const { pgDump, recorded, standby } = report;
  return [
    ...title('backup', report, style),
    '',
    ...table(
      [
        { title: 'table', flexible: true },
        { title: 'part' },
        { title: 'rows', align: 'right' },
        { title: 'text', align: 'right' },
        { title: 'file', align: 'right' },
      ],
      report.tables.map((one) => [
        printable(`${one.schema}.${one.table}`),
        one.part,
        count(one.rows),
        bytes(one.textBytes),
        `${bytes(one.bytes)} (${percent(one.bytes, one.textBytes)})`,
      ]),
      style,
    ),
    '',
    ...facts(
      [
        ['directory', printable(report.directory)],
        ['snapshot', printable(report.takenAt)],
        ['manifest', report.manifestHash],
        [
          'pg_dump',
          'file' in pgDump ? `its script is ${pgDump.file}, to read` : `left out: ${printable(pgDump.left)}`,
        ],
        ['ledger', recorded ? 'remembers it' : notRemembered(standby)],
      ],
      style,
    ),
    ...(report.notCarried.length === 0 ? [] : ['', '  Not in the backup:']),
    ...report.notCarried.flatMap((what) => warning(what, style)),
    '',
    ...wrap(
      `${mark(true, style)} Backed up and read back: ${counted(rows, 'row')} of ${counted(report.tables.length, 'table')}, ${bytes(report.bytes)}. (${duration(report.seconds)})`,
      style.width,
      '  ',
    ),
  ];
}

function notRemembered(standby: boolean): string {
  return standby
    ? 'a standby takes no entries: a cutover will not know of it'
    : 'there is none before the first run: a cutover will ask for another backup';
}
