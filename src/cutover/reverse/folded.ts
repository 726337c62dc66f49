import { ident, literal } from '../../db/identifier.js';
import { foldedColumn, storedValue } from '../../mapping/bind.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import { fromFolded } from '../../mapping/restore.js';
import { refuse } from '../../mapping/reverse.js';
import { isFoldedInto, type Targets } from '../../mapping/targets.js';
import type { LegacySide } from './legacy-columns.js';
import { deleteRows, insertRows, keptNumbers, updateRows } from './statements.js';
import type { Steps } from './steps.js';

const OLD_NAME = 'Write it under the old name of its legacy table.';

/**
 * plpgsql that runs before an application's row of the table of whole rows is stored. Records that only ever stand
 * there (validations, components) may be written; which rows are duplicates is for the merge to say.
 */
export function completeFoldedBody(targets: Targets, sides: readonly LegacySide[]): string {
  const records = sides.filter(({ source }) => source.rule.flag === null);
  const isRecord = records.length === 0 ? 'false' : `new.source in (${records.map(sourceName).join(', ')})`;
  const link = targets.link.folded;
  const column = (side: LegacySide, name: string) => ident(foldedColumn(side.source.rule, name));
  return [
    'begin',
    `if tg_op = 'INSERT' then`,
    `if not coalesce(${isRecord}, false) then`,
    refuse('folded', 'Which legacy rows are duplicates is decided by the merge.', OLD_NAME),
    'end if;',
    `if not exists (select from ${targets.unified.qualified} u where ${isFoldedInto(targets, 'new', 'u')}) then`,
    refuse(link, `${link} names no row of the unified table.`, 'Make that row first.'),
    'end if;',
    ...(link === 'merge_key'
      ? []
      : [
          `select u.merge_key into new.merge_key from ${targets.unified.qualified} u where ${isFoldedInto(targets, 'new', 'u')};`,
        ]),
    ...records.flatMap((side) => {
      const fills = side.columns.flatMap(({ bound, default: value }) => {
        if (value === null) return [];
        const target = `new.${column(side, bound.name)}`;
        return [
          `${target} := coalesce(${target}, ${storedValue(`(${value})::${bound.type.name}`, bound.type)});`,
        ];
      });
      return fills.length === 0 ? [] : [`if new.source = ${sourceName(side)} then`, ...fills, 'end if;'];
    }),
    'else',
    `if new.source <> old.source or new.${link} <> old.${link}${sides
      .flatMap((side) =>
        side.identity.map(
          ({ name }) => ` or new.${column(side, name)} is distinct from old.${column(side, name)}`,
        ),
      )
      .join('')} then`,
    refuse('folded', 'A row that is kept whole keeps its table, its id and what it belongs to.', OLD_NAME),
    'end if;',
    ...sides.flatMap((side) =>
      keptNumbers(
        side,
        (bound, alias) => fromFolded(side.source, bound, alias),
        `old.source = ${sourceName(side)}`,
      ),
    ),
    'new.merge_key := old.merge_key;',
    'end if;',
    'return new;',
    'end',
  ].join('\n');
}

/** What is done after a statement on the table of whole rows. */
export function foldedSteps(sides: readonly LegacySide[]): Steps {
  const legacyValue = (side: LegacySide) => (column: BoundColumn, alias: string) =>
    fromFolded(side.source, column, alias);
  const of = (side: LegacySide, alias: string) => `${alias}.source = ${sourceName(side)}`;
  const pair = (side: LegacySide) => {
    const same = side.identity.map(({ name }) => {
      const column = ident(foldedColumn(side.source.rule, name));
      return ` and o.${column} = n.${column}`;
    });
    return `old_rows o join new_rows n on o.source = n.source${same.join('')}`;
  };
  const step = (statement: (side: LegacySide) => string) => (side: LegacySide) => ({
    by: side.executor,
    statements: [statement(side)],
  });
  return {
    insert: sides.map(
      step((side) => insertRows(side, legacyValue(side), `new_rows n where ${of(side, 'n')}`)),
    ),
    update: sides.map(
      step((side) =>
        side.isUnique
          ? updateRows(side, legacyValue(side), pair(side), of(side, 'o'))
          : `if exists (select from old_rows o where ${of(side, 'o')}) then ${refuse('folded', 'Rows of this legacy table cannot be told apart.', OLD_NAME)} end if;`,
      ),
    ),
    delete: [...sides]
      .reverse()
      .map(step((side) => deleteRows(side, legacyValue(side), 'old_rows o', of(side, 'o')))),
  };
}

function sourceName(side: LegacySide): string {
  return literal(side.source.rule.table);
}
