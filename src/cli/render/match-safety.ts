import { count, counted } from '../../format/format.js';
import { printable, quoted } from '../../format/printable.js';
import type { MatchedRow, MatchPlan, PhasePlan } from '../../reports/plan.js';
import type { Style } from '../style.js';
import { subheading } from './parts.js';
import { table } from './table.js';
import { displayWidth, truncate, wrap } from './text.js';

/** By what rows match, how many meet, and what they say of each other: what a person looks at before anything is joined. */
export function matchLines({ matches }: PhasePlan, style: Style): string[] {
  if (matches === null) return [];
  return [
    ...sampledLines(matches, style),
    ...stepLines(matches, style),
    ...groupLines(matches, style),
    ...largestLines(matches, style),
    ...foldingLines(matches, style),
    ...disagreementLines(matches, style),
    ...exampleLines(matches, style),
  ];
}

function sampledLines({ sampled }: MatchPlan, style: Style): string[] {
  if (sampled === null) return [];
  return [
    '',
    ...wrap(
      `  ${style.colors.yellow('!')} Of so many rows one key in ${count(sampled.oneIn)} was looked at, with all of its rows: the numbers below are estimates, and a rare large group may be missing.`,
      style.width,
      '    ',
    ),
  ];
}

function stepLines({ ladders }: MatchPlan, style: Style): string[] {
  const all = ladders.flatMap(({ steps }) => steps);
  // A column of zeros says nothing.
  const shown = (['null', 'blank', 'excepted', 'dangling'] as const).filter((why) =>
    all.some(({ without }) => without[why] > 0),
  );
  return [
    ...subheading('What rows match by', style),
    ...table(
      [
        { title: 'source and step', flexible: true },
        { title: 'rows', align: 'right' },
        ...shown.map((title) => ({ title, align: 'right' as const })),
      ],
      ladders.flatMap(({ table: name, steps }) => [
        [printable(name)],
        ...steps.map(({ step, rows, without }, at) => [
          `  ${printable(step)}`,
          count(rows),
          ...shown.map((why) => (at === steps.length - 1 ? '' : count(without[why]))),
        ]),
      ]),
      style,
    ),
  ];
}

/** The longest bar of a histogram, in columns. */
const NARROW_BAR = 24;
const WIDE_BAR = 60;
const WIDE = 110;

function groupLines({ groups, parted }: MatchPlan, style: Style): string[] {
  const most = Math.max(1, ...groups.map(({ keys }) => keys));
  const longest = style.width >= WIDE ? WIDE_BAR : NARROW_BAR;
  // By the logarithm: one key of a thousand is what is looked for.
  const bar = (keys: number) =>
    '█'.repeat(Math.max(1, Math.round((longest * Math.log2(keys + 1)) / Math.log2(most + 1))));
  return [
    ...subheading('Rows that meet in one key', style),
    ...table(
      [{ title: 'rows' }, { title: 'keys', align: 'right' }, { title: '' }],
      groups.map((group) => [sizeText(group), count(group.keys), style.colors.dim(bar(group.keys))]),
      style,
    ),
    ...(parted === 0
      ? []
      : wrap(`  A veto keeps rows of ${counted(parted, 'key')} apart.`, style.width, '    ')),
  ];
}

function sizeText({ from, to }: MatchPlan['groups'][number]): string {
  if (to === null) return `more than ${count(from - 1)}`;
  return from === to ? count(to) : `${count(from)} to ${count(to)}`;
}

function largestLines({ largest }: MatchPlan, style: Style): string[] {
  const shared = largest.filter(({ rows }) => rows > 1);
  if (shared.length === 0) return [];
  return [
    ...subheading('The largest groups: a value that many share may mean no identity', style),
    ...shared.flatMap(({ rows, examples, shown }) => {
      const by = shown.find(({ value }) => value !== null);
      return wrap(
        `  ${counted(rows, 'row')}${by === undefined ? '' : ` by ${printable(by.step)} ${quoted(by.value ?? '')}`}: ${examples.map(printable).join('; ')}${rows > examples.length ? ' ...' : ''}`,
        style.width,
        '    ',
      );
    }),
  ];
}

const MOST_CHARACTERS = 32;

function disagreementLines({ disagreements, compared }: MatchPlan, style: Style): string[] {
  if (disagreements.length === 0) return [];
  const said = ({ values }: MatchPlan['disagreements'][number]['examples'][number]) =>
    Object.values(values)
      .map((value) => quoted(truncate(value, MOST_CHARACTERS)))
      .join(' / ');
  return [
    ...subheading('Where sources that meet say different things', style),
    ...table(
      [
        { title: 'column' },
        { title: 'both say', align: 'right' },
        { title: 'differ', align: 'right' },
        { title: 'by spelling', align: 'right' },
        { title: 'for instance', flexible: true },
      ],
      disagreements.map((one) => [
        printable(one.column),
        count(one.things),
        `${count(one.differ)} (${Math.round((100 * one.differ) / Math.max(1, one.things))}%)`,
        count(one.spelling),
        one.examples
          .slice(0, style.width >= WIDE ? 2 : 1)
          .map(said)
          .join('; '),
      ]),
      style,
    ),
    ...wrap(
      `  ${style.colors.dim(`Of ${counted(compared.keys, 'key')} with several rows${compared.oneIn === 1 ? '' : `, one in ${count(compared.oneIn)} of them`}.`)}`,
      style.width,
      '  ',
    ),
  ];
}

function foldingLines({ folding }: MatchPlan, style: Style): string[] {
  return folding.flatMap(({ key, values, joined, examples }) =>
    wrap(
      `  ${style.colors.yellow('!')} Key ${printable(key)} folds ASCII letters alone: of ${counted(values, 'value')} beyond, ${counted(joined, 'group')} would be one if all letters were folded, such as ${examples.map((group) => group.map((value) => quoted(truncate(value, MOST_CHARACTERS))).join(' and ')).join('; ')}.`,
      style.width,
      '    ',
    ),
  );
}

function exampleLines({ examples }: MatchPlan, style: Style): string[] {
  if (examples.length === 0) return [];
  return [
    ...subheading('Rows that meet, some of each kind', style),
    `  ${style.colors.dim('The whole story of one: drydock explain TABLE:IDENTITY')}`,
    ...examples.flatMap(({ rows, shown }) => {
      const texts = shown.map(rowText);
      const rest = rows > shown.length ? [`... ${counted(rows - shown.length, 'row')} more`] : [];
      const line = [...texts, ...rest].join('  +  ');
      if (displayWidth(line) + 2 <= style.width) return [`  ${line}`];
      return [...texts, ...rest].flatMap((text, at) =>
        wrap(`  ${at === 0 ? '' : '+ '}${text}`, style.width, '      '),
      );
    }),
  ];
}

function rowText({ table: name, row, step, value }: MatchedRow): string {
  return `${printable(`${name}:${row}`)} (${printable(step)}${value === null ? '' : ` ${quoted(truncate(value, MOST_CHARACTERS))}`})`;
}
