import { ident } from '../db/identifier.js';

import { type ConsolidationModel, goldenOf } from '../declare/model.js';
import { isPlainText } from '../mapping/candidates.js';
import { ownTarget } from '../mapping/tables.js';
import type { BoundSources } from './keys.js';
import { flag } from './written-row.js';

/**
 * plpgsql for shared texts that one column alone gives, which keeps a column of its own: what is written to the shared one is
 * written to that.
 */
export function writtenThrough(model: ConsolidationModel, sources: BoundSources): string[] {
  return goldenOf(model).flatMap((golden) => {
    const givers = golden.givers.filter(({ table }) => sources.has(table));
    const [giver] = givers;
    const source = sources.get(giver?.table ?? '');
    const column = source?.bound.columns.find(({ name }) => name === giver?.column);
    if (givers.length !== 1 || giver === undefined || source === undefined || column?.home.kind !== 'own')
      return [];
    if (golden.type !== 'text' || giver.conversion.kind !== 'cast' || !isPlainText(column.type)) return [];
    const [shared, own] = [ident(golden.name), ident(ownTarget(column))];
    return [
      `if ${flag(source.model)} then`,
      `if tg_op = 'INSERT' then new.${own} := coalesce(new.${own}, new.${shared});`,
      `elsif new.${shared} is distinct from old.${shared} and new.${own} is not distinct from old.${own} then new.${own} := new.${shared};`,
      'end if; end if;',
    ];
  });
}
