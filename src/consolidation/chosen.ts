import { ident, literal } from '../db/identifier.js';
import { type ConsolidationModel, goldenOf } from '../declare/model.js';
import { residueKey } from '../mapping/restore.js';
import { refuse } from '../mapping/reverse.js';
import { ownTarget } from '../mapping/tables.js';
import type { BoundSources } from './keys.js';
import { columnOf, flag, OLD_NAMES } from './written-row.js';

/**
 * plpgsql that refuses another choice of a conversion for a value that is in the residue: it would be converted anew by the
 * next merge, and become another shared value.
 */
export function keptChoices(model: ConsolidationModel, sources: BoundSources): string[] {
  return goldenOf(model).flatMap(({ name, givers }) =>
    givers.flatMap(({ table, column, conversion, keepsOwn }) => {
      const source = sources.get(table);
      if (conversion.kind !== 'when' || source === undefined) return [];
      const chooser = ident(ownTarget(columnOf(source.bound, conversion.column)));
      const key = literal(residueKey(source.bound.rule, column));
      const isKept = keepsOwn ? 'true' : `coalesce(new.residue ? ${key}, false)`;
      return [
        `if tg_op = 'UPDATE' and ${flag(source.model)} and ${isKept} and new.${chooser} is distinct from old.${chooser} then`,
        refuse(
          'golden',
          `${table}.${conversion.column} says how ${table}.${column} is converted, which ${name} does not hold.`,
          OLD_NAMES,
        ),
        'end if;',
      ];
    }),
  );
}
