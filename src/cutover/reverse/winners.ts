import { countNulls } from '../../db/count-values.js';
import { ident, literal } from '../../db/identifier.js';
import { fromUnified } from '../../mapping/restore.js';
import { type ReverseRules, refuse } from '../../mapping/reverse.js';
import { isFoldedInto, type Targets } from '../../mapping/targets.js';
import { flagOf, type LegacySide } from './legacy-columns.js';

/**
 * plpgsql that refuses a change which would make another row the winner among duplicates, or part them: the duplicates
 * are kept as they are, so that a merge of all of them would not give back what was written.
 */
export function winnerGuard(side: LegacySide, targets: Targets, rules: ReverseRules): string[] {
  const { table, winnerTimes } = side.source.rule;
  const telling = (rules.telling[table] ?? []).filter((target) =>
    side.columns.some(({ bound }) => bound.home.kind === 'golden' && bound.home.target === target),
  );
  const values = (alias: string) =>
    side.columns
      .filter(({ generated }) => !generated)
      .map(({ bound }) => fromUnified(side.source, bound, alias));
  const times = side.columns.filter(
    ({ bound }) => winnerTimes.includes(bound.name) && bound.home.kind === 'own',
  );
  const changes = [
    ...telling.map((target) => `new.${ident(target)} is distinct from old.${ident(target)}`),
    ...times.flatMap(({ bound }) =>
      bound.home.kind === 'own' ? [`new.${ident(bound.home.target)} < old.${ident(bound.home.target)}`] : [],
    ),
    `${countNulls(values('new'))} > ${countNulls(values('old'))}`,
  ];
  return [
    `if tg_op = 'UPDATE' and ${flagOf(side, 'new')} and (${changes.join(' or ')})`,
    `and exists (select from ${targets.folded.qualified} f where ${isFoldedInto(targets, 'f', 'old')} and f.source = ${literal(table)}) then`,
    refuse(
      'duplicates',
      `Duplicate rows of the legacy table ${table} were folded into this one; with this change they would part, or another of them would be the one that counts.`,
      `Change or delete the rows of ${table} under its old name.`,
    ),
    'end if;',
  ];
}
