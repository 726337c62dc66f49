import { ident } from '../../db/identifier.js';
import { storedValue } from '../../mapping/bind.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import { besideIn, givesOf } from '../../mapping/restore.js';
import { flagOf, type LegacySide } from './legacy-columns.js';

/** SQL of what a column of our own keeps of a value of its legacy type. */
export function keptValue({ type, home }: BoundColumn, value: string): string {
  const typed = `(${value})::${type.name}`;
  return type.binary && home.kind === 'own' ? `${typed}::${home.stored}` : storedValue(typed, type);
}

/** Columns of a source's own that give a shared one its value: with one of them, it comes from there. */
export function ownGiversOf(sides: readonly LegacySide[], target: string): string[] {
  return sides.flatMap(({ columns }) =>
    columns.flatMap(({ bound: { home } }) =>
      home.kind === 'own' && home.gives?.target === target && home.gives.oneWay !== true ? [home.target] : [],
    ),
  );
}

/**
 * plpgsql that gives a new row, where it has a shared value alone, the column of a source's own which that comes from: the
 * legacy table wants one, or no other source of the row has a place for it.
 */
export function fillOwnGivers(sides: readonly LegacySide[]): string[] {
  return sides.flatMap((side) =>
    side.columns.flatMap(({ bound, notNull }) => {
      if (bound.home.kind !== 'own' || bound.home.gives === undefined) return [];
      if (bound.home.gives.oneWay === true) return [];
      const { target: shared, conversion } = bound.home.gives;
      const [own, value] = [`new.${ident(bound.home.target)}`, `new.${ident(shared)}`];
      const beside = besideIn(side.source, 'new');
      const isPlaced = sides.flatMap((other) =>
        other.columns.some(
          ({ bound: { home } }) =>
            home.kind === 'golden' && givesOf(home).some((gives) => gives.target === shared),
        )
          ? [flagOf(other, 'new')]
          : [],
      );
      const isWanted = notNull || isPlaced.length === 0 ? '' : ` and not (${isPlaced.join(' or ')})`;
      return [
        `if tg_op = 'INSERT' and ${flagOf(side, 'new')} and ${own} is null and ${value} is not null${isWanted} then`,
        `if ${conversion.holds(value, beside)} then ${own} := ${keptValue(bound, conversion.inverse(value, beside))}; end if;`,
        'end if;',
      ];
    }),
  );
}
