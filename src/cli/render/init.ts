import { count, counted, duration } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { InitRelation, InitReport } from '../../reports/init.js';
import type { Style } from '../style.js';
import { heading, title, warning } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** What `drydock init` found, and where the proposal is. */
export type WrittenInit = InitReport & {
  /** Null: no file was written. */
  readonly file: string | null;
};

export function renderInit(report: WrittenInit, style: Style): string[] {
  const { proposal, tables, relations, leftOut, seconds } = report;
  const dim = style.colors.dim(
    `  PostgreSQL ${printable(report.server)}, read-only: nothing was written to it. ${duration(seconds)}`,
  );
  const named = new Set(proposal?.sources);
  const others = relations.filter(({ left, right }) => !named.has(left) || !named.has(right));
  return [
    ...title('init', report, style),
    dim,
    ...heading('Tables', '', style),
    ...table(
      [{ title: 'table', flexible: true }, { title: 'rows', align: 'right' }, { title: 'told apart by' }],
      tables.map((one) => [
        printable(one.table),
        count(one.rows),
        one.identity === null ? style.colors.yellow('nothing') : one.identity.map(printable).join(', '),
      ]),
      style,
    ),
    ...(proposal === null ? nothingLines(report, style) : proposalLines(report, style)),
    ...(leftOut.length > 0 && proposal !== null ? heading('Left out', '', style) : []),
    ...leftOut.flatMap(({ why }) => warning(why, style)),
    ...(others.length > 0 && leftOut.length === 0 ? otherLines(others, style) : []),
  ];
}

function proposalLines({ proposal, file }: WrittenInit, style: Style): string[] {
  if (proposal === null) return [];
  const unsure = proposal.columns.filter(({ sure }) => !sure).length;
  const sources = proposal.sources.map(printable).join(', ');
  return [
    ...heading(`Proposed: ${proposal.name}`, '', style),
    ...wrap(`  ${sources} become ${printable(proposal.into)}.`, style.width, '  '),
    `  ${counted(proposal.columns.length, 'shared column')}, ${unsure === 0 ? 'all sure' : `${count(unsure)} of them not sure`}.`,
    '',
    ...proposal.columns.flatMap(({ name, givers, sure, why }) =>
      wrap(
        `  ${sure ? ' ' : style.colors.yellow('?')} ${printable(name)} = ${givers.map(printable).join(', ')} ${style.colors.dim(printable(why))}`,
        style.width,
        '      ',
      ),
    ),
    '',
    ...(file === null
      ? []
      : [
          `  ${style.colors.bold(printable(file))}`,
          '  Look at the lines with "// ?", then: drydock check, drydock plan',
        ]),
  ];
}

function nothingLines({ relations, leftOut }: WrittenInit, style: Style): string[] {
  const reasons =
    leftOut.length > 0 ? [] : relations.flatMap(({ unlike }) => (unlike === null ? [] : [unlike]));
  return [
    ...heading('Nothing is proposed', '', style),
    ...reasons.slice(0, 5).flatMap((why) => warning(why, style)),
    ...(leftOut.length === 0 && reasons.length === 0
      ? [
          '  No two tables have rows that surely meet. Name those that may hold the same things with --tables.',
        ]
      : []),
  ];
}

/** Pairs of tables that have something in common besides. */
function otherLines(relations: readonly InitRelation[], style: Style): string[] {
  const may = relations.filter(({ unlike, links }) => unlike === null && links.length > 0).slice(0, 10);
  if (may.length === 0) return [];
  return [
    ...heading('They may hold the same things, too', '', style),
    ...may.map(({ left, right, links, pairs }) => {
      const [link] = links;
      const by = link === undefined ? '' : ` meet by ${link.left} = ${link.right}`;
      return `  drydock init --tables ${printable(left)},${printable(right)}  ${style.colors.dim(`${printable(by.trim())}, ${counted(pairs.length, 'column')} alike`)}`;
    }),
  ];
}
