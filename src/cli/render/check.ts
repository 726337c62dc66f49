import { count, counted, duration } from '../../format/format.js';
import { printable, quoted } from '../../format/printable.js';
import type { CheckFault, CheckReport, ExampleRow } from '../../reports/check.js';
import type { Style } from '../style.js';
import { heading, mark, subheading, title, warning } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** What `drydock check` found: refusals, a line each; what became of generated values; and faults with their example. */
export function renderCheck(report: CheckReport, style: Style): string[] {
  const { database, schema } = report;
  return [
    ...(database === null || schema === null
      ? [style.colors.bold('Drydock check')]
      : title('check', { database, schema }, style)),
    ...refusalLines(report, style),
    ...conversionLines(report, style),
    ...report.faults.flatMap((fault) => faultLines(fault, style)),
    ...(report.notTried.length === 0 ? [] : ['']),
    ...report.notTried.flatMap((text) => warning(text, style)),
    '',
    ...verdictLines(report, style),
  ];
}

function refusalLines({ refusals }: CheckReport, style: Style): string[] {
  if (refusals.length === 0) return [];
  return [
    ...heading('Refused', style.colors.red(count(refusals.length)), style),
    ...refusals.flatMap(({ message, next }) =>
      wrap(
        `  ${mark(false, style)} ${printable(message)} ${style.colors.dim(printable(next))}`,
        style.width,
        '    ',
      ),
    ),
  ];
}

function conversionLines({ conversions }: CheckReport, style: Style): string[] {
  const phases = [...new Set(conversions.map(({ phase }) => phase))];
  return phases.flatMap((phase) => [
    ...heading(`Values of ${printable(phase)}`, 'there and back', style),
    ...table(
      [
        { title: 'shared column' },
        { title: 'from', flexible: true },
        { title: 'values', align: 'right' },
        { title: 'exact', align: 'right' },
        { title: 'residue', align: 'right' },
        { title: 'written back', align: 'right' },
        { title: 'refused', align: 'right' },
      ],
      conversions
        .filter((one) => one.phase === phase)
        .map(({ column, table: source, from, values, exact, back }) => [
          printable(column),
          printable(`${source}.${from}`),
          count(values),
          count(exact),
          count(values - exact),
          count(back.taken),
          count(back.refused),
        ]),
      style,
    ),
    ...residueLines(
      conversions.filter((one) => one.phase === phase),
      style,
    ),
  ]);
}

function residueLines(conversions: CheckReport['conversions'], style: Style): string[] {
  const kept = conversions.filter(({ residue }) => residue.length > 0);
  if (kept.length === 0) return [];
  return [
    ...subheading('Kept in the residue, for instance', style),
    ...kept.flatMap(({ table: source, from, residue }) =>
      wrap(`  ${printable(`${source}.${from}`)}: ${residue.map(shown).join(', ')}`, style.width, '    '),
    ),
  ];
}

const MOST_CHARACTERS = 40;
const shown = (value: string) =>
  quoted([...value].length > MOST_CHARACTERS ? `${[...value].slice(0, MOST_CHARACTERS).join('')}…` : value);

function faultLines({ phase, kind, message, rows, writes, next }: CheckFault, style: Style): string[] {
  const { colors, width } = style;
  return [
    ...heading(`Wrong in ${printable(phase)}`, colors.red(kind), style),
    ...wrap(`  ${mark(false, style)} ${printable(message)}`, width, '    '),
    ...(rows.length === 0
      ? []
      : wrap(`  ${colors.dim('The smallest rows that it was found with:')}`, width, '  ')),
    ...rows.flatMap((row) => wrap(`    ${exampleText(row)}`, width, '      ')),
    ...writes.flatMap((write) => wrap(`    ${printable(write)};`, width, '      ')),
    ...wrap(`  ${colors.dim(printable(next))}`, width, '  '),
  ];
}

function exampleText({ table: source, values }: ExampleRow): string {
  const pairs = Object.entries(values).map(([name, value]) => `${printable(name)}: ${shown(value)}`);
  return `${printable(source)} { ${pairs.join(', ')} }`;
}

function verdictLines(
  { refusals, faults, tried, scratch, seed, seconds }: CheckReport,
  style: Style,
): string[] {
  const { colors, width } = style;
  if (refusals.length > 0)
    return wrap(
      `${mark(false, style)} ${colors.bold('Refused')}: nothing was tried before ${refusals.length === 1 ? 'this is' : 'these are'} mended.`,
      width,
      '  ',
    );
  if (scratch === null)
    return wrap(`${mark(true, style)} Nothing is refused; there was nothing to try.`, width, '  ');
  const { worlds, rows, writes } = tried;
  const what = `${counted(rows, 'row')} in ${counted(worlds, 'database')} of ${scratch}, ${counted(writes.oldNames, 'write')} under the old names, ${counted(writes.unified, 'direct write')} (${count(writes.refused)} refused for a reason)`;
  const spent = colors.dim(`(seed ${seed}, ${duration(seconds)})`);
  return wrap(
    faults.length === 0
      ? `${mark(true, style)} ${colors.bold('Nothing went wrong')}: ${what}. ${spent}`
      : `${mark(false, style)} ${colors.bold(counted(faults.length, 'fault'))}: ${what}. ${spent}`,
    width,
    '  ',
  );
}
