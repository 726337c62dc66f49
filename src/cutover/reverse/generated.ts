import { ident } from '../../db/identifier.js';
import { alike } from '../../mapping/own-giver.js';
import { besideIn, fromUnified } from '../../mapping/restore.js';
import { flagOf, type LegacyColumn, type LegacySide } from './legacy-columns.js';
import { keptValue } from './own-givers.js';
import { forget, remember } from './shared-residue.js';

/** SQL of what a legacy table computes for some of its columns from the row `new`, as a relation of one row. */
function computedFrom(side: LegacySide, values: readonly string[]): string {
  const row = side.columns
    .filter(({ generated }) => !generated)
    .map(({ bound }) => `${fromUnified(side.source, bound, 'new')} as ${ident(bound.name)}`);
  return `(select ${values.join(', ')} from (select ${row.join(', ')} offset 0) r)`;
}

/** SQL of what the legacy table computes for a column from the row `new`; null where nobody may ask it. */
export function generatedValue(side: LegacySide, { generation, bound }: LegacyColumn): string | null {
  return generation === null ? null : computedFrom(side, [`(${generation})::${bound.type.name}`]);
}

/** SQL of the golden value that it gives then; null where only a merge knows it. */
export function generatedGolden(side: LegacySide, column: LegacyColumn, golden: string): string | null {
  const { home, type } = column.bound;
  const value = generatedValue(side, column);
  const like = value === null ? null : alike(value, type, golden);
  if (value === null || like === null || home.kind !== 'golden') return null;
  const { holds, inverse } = home.conversion;
  const beside = besideIn(side.source, 'new');
  const isSame = `${holds('g.v', beside)} and (${inverse('g.v', beside)})::text = (${value})::text`;
  return `(select case when ${isSame} then g.v end from (select ${like} as v offset 0) g)`;
}

/** plpgsql: what the legacy table computes from its row is that of the row as it is now. */
export function generatedColumns(side: LegacySide): string[] {
  const own = side.columns.flatMap(({ bound, generation }) =>
    generation === null || bound.home.kind !== 'own'
      ? []
      : [{ target: `new.${ident(bound.home.target)}`, kept: keptValue(bound, generation) }],
  );
  const made = own.map(({ kept }, at) => `${kept} as v${at}`);
  const lines = [
    ...(own.length === 0
      ? []
      : [
          `select ${own.map((_, at) => `g.v${at}`).join(', ')} into ${own.map(({ target }) => target).join(', ')} from ${computedFrom(side, made)} g;`,
        ]),
    ...side.columns.flatMap((column) => sharedGenerated(side, column)),
  ];
  return lines.length === 0 ? [] : [`if ${flagOf(side, 'new')} then`, ...lines, 'end if;'];
}

/** A shared column does not hold what its giver computes now: the residue does, until a merge takes it over. */
function sharedGenerated(side: LegacySide, column: LegacyColumn): string[] {
  const { home } = column.bound;
  const value = generatedValue(side, column);
  if (value === null || home.kind !== 'golden') return [];
  const golden = `new.${ident(home.target)}`;
  const held = `(${home.conversion.inverse(golden, besideIn(side.source, 'new'))})::text`;
  return [
    `if ${held} is distinct from (${value})::text then`,
    remember(side, column.bound, `(${value})::text`),
    'else',
    forget(side, column.bound),
    'end if;',
  ];
}
