import { counted } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { SentStatement, StatementsReport } from '../../reports/statements.js';
import type { Style } from '../style.js';
import { wrap } from './text.js';

/** The statements as a text of SQL, with comments: for somebody to read, or to keep. */
export function renderStatements(report: StatementsReport, style: Style): string[] {
  const { statements, verb, database, schema, madeOn, caveats } = report;
  const reading = statements.filter(({ reads }) => reads).length;
  const comment = (text: string) =>
    wrap(`-- ${text}`, style.width, '--   ').map((line) => style.colors.dim(line));
  return [
    ...comment(
      `drydock ${verb} on ${printable(database)} (schema ${printable(schema)}) would send ${counted(statements.length, 'distinct statement')}, ${reading} of which only read. Nothing was written: they were written down on a server for trials (PostgreSQL ${madeOn}).`,
    ),
    ...caveats.flatMap((text) => comment(printable(text))),
    ...statements.flatMap((statement, at) => [
      '',
      ...comment(headOf(statement, at + 1)),
      ...bodyOf(statement),
    ]),
  ];
}

function headOf({ step, times, reads, parameters }: SentStatement, number: number): string {
  const places = parameters.map(({ place, type }) => `${place} ${type}`).join(', ');
  return [
    `${number}.`,
    ...(step === null ? [] : [`${printable(step)};`]),
    reads ? 'reads' : 'writes or sets',
    ...(times === 1 ? [] : [`; sent ${times} times`]),
    ...(places === '' ? [] : [`; parameters ${places}`]),
  ]
    .join(' ')
    .replaceAll(' ;', ';');
}

/** In lines of their own, as they are in the program; nothing in them moves the cursor. */
function bodyOf({ text }: SentStatement): string[] {
  return `${text.replace(/;\s*$/, '')};`.split('\n').map((line) => printable(line));
}
