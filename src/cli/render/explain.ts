import { count, counted } from '../../format/format.js';
import { printable, quoted } from '../../format/printable.js';
import type {
  ExplainedColumn,
  ExplainedRow,
  ExplainedThing,
  ExplainReport,
  GivenValue,
} from '../../reports/explain.js';
import type { Style } from '../style.js';
import { heading, subheading, title, warning } from './parts.js';
import { stateText } from './state.js';
import { truncate, wrap } from './text.js';

/** One thing's story: its rows and what joined them, then column by column who gave the value and what lost. */
export function renderExplain(report: ExplainReport, style: Style): string[] {
  const { colors } = style;
  const { things, key, phase, state, moreRows } = report;
  return [
    ...title('explain', report, style),
    ...wrap(
      `  ${printable(report.asked)}: phase ${printable(phase)} (${stateText(state, style)}), match key ${colors.dim(key)}`,
      style.width,
      '    ',
    ),
    ...(things.length > 1
      ? warning(
          `${counted(things.length, 'thing')} share this match key: a rule keeps their rows apart.`,
          style,
        )
      : []),
    ...things.flatMap((thing) => thingLines(thing, style)),
    ...(moreRows === 0
      ? []
      : [
          '',
          ...warning(
            `${counted(moreRows, 'row')} more of this key ${moreRows === 1 ? 'is' : 'are'} not listed.`,
            style,
          ),
        ]),
  ];
}

function thingLines(thing: ExplainedThing, style: Style): string[] {
  return [
    ...heading(thing.id, storedText(thing, style), style),
    ...thing.rows.flatMap((row) => rowLines(row, style)),
    ...subheading('Shared columns', style),
    ...thing.columns.flatMap((column) => columnLines(column, style)),
    ...residueLines(thing, style),
  ];
}

function storedText({ stored, differing }: ExplainedThing, { colors }: Style): string {
  if (stored === null) return colors.dim('not loaded: this is what a run would make of it');
  if (stored === 'same') return colors.green('stored as it is');
  if (stored === 'missing') return colors.yellow('not stored yet: a sync applies it');
  return colors.yellow(`stored otherwise in ${differing.map(printable).join(', ')}: a sync applies it`);
}

function rowLines(
  { table, row, asked, step, value, dangling, outcome }: ExplainedRow,
  style: Style,
): string[] {
  const { colors, width } = style;
  const why = step === null ? '' : ` joined by ${printable(step)}${value === null ? '' : ` ${short(value)}`}`;
  const what = outcome === 'duplicate' ? colors.yellow('duplicate, kept whole') : colors.green('counts');
  return wrap(
    `  ${asked ? colors.bold('→') : '·'} ${colors.bold(printable(`${table}:${row}`))} ${what}${why}${dangling ? colors.yellow(', points to a row that is not there') : ''}`,
    width,
    '      ',
  );
}

function columnLines({ column, value, from, agreed, lost }: ExplainedColumn, style: Style): string[] {
  const { colors, width } = style;
  const shown = value === null ? colors.dim('null') : short(value);
  const source =
    from === null
      ? value === null
        ? ''
        : colors.dim(' (of no single row)')
      : ` ${colors.dim('from')} ${place(from)}${sameText(from, value)}`;
  const others =
    agreed.length === 0
      ? ''
      : colors.dim(`; ${agreed.map(place).join(', ')} ${agreed.length === 1 ? 'says' : 'say'} the same`);
  return [
    ...wrap(`  ${printable(column)} = ${shown}${source}${others}`, width, '      '),
    ...lost.flatMap((one) =>
      wrap(
        `      ${colors.yellow('lost')} ${short(one.value)} ${colors.dim('of')} ${place(one)}`,
        width,
        '        ',
      ),
    ),
  ];
}

/** The legacy value, where it reads otherwise. */
function sameText({ value }: GivenValue, golden: string | null): string {
  return value === golden ? '' : `, which has ${short(value)}`;
}

function residueLines({ rows }: ExplainedThing, style: Style): string[] {
  const kept = rows.flatMap(({ table, row, residue }) =>
    Object.entries(residue).map(
      ([column, value]) =>
        `${printable(`${table}:${row}.${column}`)} = ${value === null ? 'null' : short(value)}`,
    ),
  );
  if (kept.length === 0) return [];
  return [
    ...subheading(`In the residue (${count(kept.length)}): what the shared columns cannot give back`, style),
    ...kept.flatMap((text) => wrap(`  ${text}`, style.width, '    ')),
  ];
}

const MOST_CHARACTERS = 60;
const short = (value: string) => quoted(truncate(value, MOST_CHARACTERS));
const place = ({ table, row, column }: GivenValue) =>
  printable(`${table}:${row}.${truncate(column, MOST_CHARACTERS)}`);
