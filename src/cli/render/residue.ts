import { count } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { PhasePlan } from '../../reports/plan.js';
import type { Style } from '../style.js';
import { subheading } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** Which legacy columns cost residue, and what would spare it. */
export function residueLines({ residue }: PhasePlan, style: Style): string[] {
  if (residue === null || residue.columns.length === 0) return [];
  const columns = [...residue.columns].sort((a, b) => share(b) - share(a));
  const proposals = columns.flatMap(({ into, proposal }) =>
    proposal === null ? [] : [`${into.join(', ')}${proposal}`],
  );
  return [
    ...subheading('What the shared columns do not give back', style),
    ...table(
      [
        { title: 'legacy column', flexible: true },
        { title: 'shared column' },
        { title: 'rows', align: 'right' },
        { title: 'in residue', align: 'right' },
      ],
      columns.map((one) => [
        printable(`${one.table}.${one.column}`),
        printable(one.into.join(', ')),
        count(one.rows),
        `${count(one.residue)} (${percent(share(one))})`,
      ]),
      style,
    ),
    ...wrap(
      `  ${style.colors.dim(`Nothing of it is lost: the views give it back.${residue.oneIn === 1 ? '' : ` One key in ${count(residue.oneIn)} was merged for this.`}`)}`,
      style.width,
      '  ',
    ),
    ...(proposals.length === 0
      ? []
      : wrap(
          `  A column of its own costs none: ${proposals.map(printable).join('; ')} instead of naming it among the first.`,
          style.width,
          '  ',
        )),
  ];
}

type Column = NonNullable<PhasePlan['residue']>['columns'][number];

const share = ({ residue, rows }: Column) => residue / Math.max(1, rows);

function percent(part: number): string {
  const rounded = Math.round(100 * part);
  return rounded === 0 ? 'below 1%' : `${rounded}%`;
}
