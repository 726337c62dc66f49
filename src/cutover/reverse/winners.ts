import { countNulls } from '../../db/count-values.js';
import { ident, literal } from '../../db/identifier.js';
import { fromUnified } from '../../mapping/restore.js';
import { type ReverseRules, refuse } from '../../mapping/reverse.js';
import { isFoldedInto, type Targets } from '../../mapping/targets.js';
import { versionRank } from '../../mapping/versions.js';
import { flagOf, type LegacySide } from './legacy-columns.js';

/**
 * plpgsql that refuses a change which would make another row the winner among duplicates, or part them: the duplicates
 * are kept as they are, so that a merge of all of them would not give back what was written.
 */
export function winnerGuard(side: LegacySide, targets: Targets, rules: ReverseRules): string[] {
  const { table, winnerTimes, oldestTimes = [], winnerVersion } = side.source.rule;
  const telling = (rules.telling[table] ?? []).filter((target) =>
    side.columns.some(({ bound }) => bound.home.kind === 'golden' && bound.home.target === target),
  );
  const values = (alias: string) =>
    side.columns
      .filter(({ generated }) => !generated)
      .map(({ bound }) => fromUnified(side.source, bound, alias));
  const moved = (names: readonly string[], past: '<' | '>') =>
    ownTargets(side, names).map(
      (target) =>
        `(old.${target} is not null and (new.${target} is null or new.${target} ${past} old.${target}))`,
    );
  const changes = [
    ...telling.map((target) => `new.${ident(target)} is distinct from old.${ident(target)}`),
    ...moved(winnerTimes, '<'),
    ...moved(oldestTimes, '>'),
    ...ownTargets(side, winnerVersion === undefined ? [] : [winnerVersion]).map(
      (target) => `${versionRank(`new.${target}`)} < ${versionRank(`old.${target}`)}`,
    ),
    // The identity decides between rows that are equal otherwise.
    ...ownTargets(
      side,
      side.identity.map(({ name }) => name),
    ).map((target) => `new.${target} is distinct from old.${target}`),
    `${countNulls(values('new'))} > ${countNulls(values('old'))}`,
  ];
  return [
    `if tg_op = 'UPDATE' and ${flagOf(side, 'old')} and (not ${flagOf(side, 'new')} or ${changes.join(' or ')})`,
    `and exists (select from ${targets.folded.qualified} f where ${isFoldedInto(targets, 'f', 'old')} and f.source = ${literal(table)}) then`,
    refuse(
      'duplicates',
      `Duplicate rows of the legacy table ${table} were folded into this one; with this change they would part, or another of them would be the one that counts.`,
      `Change or delete the rows of ${table} under its old name.`,
    ),
    'end if;',
  ];
}

/** Columns of the unified table, quoted, that hold some of a source's columns as they are. */
function ownTargets(side: LegacySide, names: readonly string[]): string[] {
  return side.columns.flatMap(({ bound: { name, home } }) =>
    home.kind === 'own' && names.includes(name) ? [ident(home.target)] : [],
  );
}
