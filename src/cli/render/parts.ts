import { count } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { Accounting } from '../../reports/accounting.js';
import type { Style } from '../style.js';
import { table } from './table.js';
import { displayWidth, wrap } from './text.js';

/** Pieces that several reports share. */

/** The first line of a report: what was done, and to which database. */
export function title(
  what: string,
  where: { readonly database: string; readonly schema: string },
  style: Style,
): string[] {
  const { colors } = style;
  return [
    `${colors.bold(`Drydock ${what}`)}  ${printable(where.database)} ${colors.dim(`(schema ${printable(where.schema)})`)}`,
  ];
}

/** The heading of a part: an empty line, then a bold name with what is said of it, on a rule. */
export function heading(name: string, remark: string, style: Style): string[] {
  const text = `${style.colors.bold(name)}${remark === '' ? '' : `  ${remark}`}`;
  const rule = '─'.repeat(Math.max(3, style.width - displayWidth(text) - 1));
  return ['', `${text} ${style.colors.dim(rule)}`];
}

/** A heading inside a part. */
export function subheading(text: string, style: Style): string[] {
  return ['', `  ${style.colors.underline(text)}`];
}

/** A tick or a cross. */
export function mark(ok: boolean, style: Style): string {
  return ok ? style.colors.green('✔') : style.colors.red('✖');
}

/** `! ` and a sentence, wrapped. */
export function warning(text: string, style: Style): string[] {
  return wrap(`  ${style.colors.yellow('!')} ${printable(text)}`, style.width, '    ');
}

/** Aligned `name  value` lines; a long value goes on below itself. */
export function facts(pairs: readonly (readonly [name: string, value: string])[], style: Style): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.flatMap(([name, value]) =>
    wrap(`  ${style.colors.dim(name.padEnd(width))}  ${value}`, style.width, ' '.repeat(width + 4)),
  );
}

/** Law 2 as a table: source = primary + folded + rejected, with a tick where the sum is right. */
export function accountingTable(accounting: readonly Accounting[], style: Style): string[] {
  return table(
    [
      { title: 'legacy table', flexible: true },
      { title: 'rows in', align: 'right' },
      { title: '= unified', align: 'right' },
      { title: '+ folded', align: 'right' },
      { title: '+ rejected', align: 'right' },
      { title: '' },
    ],
    accounting.map((row) => [
      printable(row.table),
      count(row.source),
      count(row.primary),
      count(row.folded),
      row.rejected > 0 ? style.colors.yellow(count(row.rejected)) : count(row.rejected),
      row.balanced ? mark(true, style) : `${mark(false, style)} ${style.colors.red('does not add up')}`,
    ]),
    style,
  );
}
