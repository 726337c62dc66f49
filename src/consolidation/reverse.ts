import { ident, literal, qualified } from '../db/identifier.js';
import { type ConsolidationModel, type FoldModel, goldenOf, isOnePerKey, isTime } from '../declare/model.js';
import { type FallbackRule, type ReverseRules, refuse } from '../mapping/reverse.js';
import { keptChoices } from './chosen.js';
import { foldLiteral, foldOf, mergedSources } from './fold-ddl.js';
import { hasFolded, type Tables } from './folded-rows.js';
import type { BoundSources } from './keys.js';
import { ownGivers, takenFromOwnGivers } from './own-givers.js';
import { keptIdentities } from './pointed-to.js';
import { ownId } from './same-key.js';
import { survivors } from './surviving.js';
import { keyVariables, matchKeys, vetoes } from './written-key.js';
import {
  columnOf,
  flag,
  type Known,
  legacyRow,
  OLD_NAMES,
  placeOf,
  restored,
  unlessNew,
  written,
} from './written-row.js';
import { givenThing, keptThing } from './written-thing.js';
import { writtenThrough } from './written-through.js';
import { givenTimes, madeTime } from './written-times.js';

/** How direct writes to the unified table of a consolidation become rows of its sources. */
export function reverseRules(
  declared: ConsolidationModel,
  all: BoundSources,
  { schema, unified }: { readonly schema: string; readonly unified: string },
): ReverseRules {
  // Rows that are kept whole are none of the unified table.
  const model = { ...declared, sources: mergedSources(declared) };
  const sources = new Map([...all].filter(([, source]) => source.model.isWhole !== true));
  const merged = [...sources.values()];
  const isOne = isOnePerKey(declared);
  const tables: Tables = {
    unified: qualified(schema, unified),
    folded: qualified(schema, model.duplicates),
    foldedIntoOld: isOne ? 'f.merge_key = old.merge_key' : 'f.unified_id = old.id',
  };
  const absent = model.sources.filter(({ table }) => !sources.has(table));
  const fallbacks = fallbacksOf(model);
  const timeColumns = model.columns.filter(isTime);
  const folds = model.columns.filter((column) => column.kind === 'fold');
  return {
    notice: null,
    lookups: [],
    declare: [
      'v_id uuid; v_key uuid; v_thing uuid; v_veto text; v_time timestamptz; v_survivor int; v_before int;',
      ...keyVariables(model),
    ].join(' '),
    keys: [
      ...absent.map(({ flag }) => `new.${ident(flag)} := coalesce(new.${ident(flag)}, false);`),
      ...onlySource(model, sources),
      ...newId(model),
      `if tg_op = 'UPDATE' and new.id is distinct from old.id then`,
      refuse(
        'id',
        model.ids === undefined
          ? 'The id of a unified row is made from the legacy row that it is named by.'
          : 'A row keeps its id: its legacy rows name it.',
        'Leave it as it is.',
      ),
      'end if;',
      ...keptThing(model, sources),
      `new.merge_key := case when tg_op = 'UPDATE' then old.merge_key end;`,
      ...folds.flatMap((column) => newFold(column, merged)),
    ].join('\n'),
    rows: [
      ...givenThing(model, sources),
      ...writtenThrough(model, sources),
      ...timeColumns.flatMap((column) => givenTimes(column, merged)),
      ...Object.entries(fallbacks).map(
        ([name, { value }]) =>
          `if tg_op = 'INSERT' then new.${ident(name)} := coalesce(new.${ident(name)}, ${value}); end if;`,
      ),
    ].join('\n'),
    given: takenFromOwnGivers(model, sources, fallbacks).join('\n'),
    fallbacks,
    computed: folds.map(({ name }) => name),
    telling: {},
    last: [
      ...timeColumns.flatMap((column) => madeTime(column, merged, tables)),
      ...ownGivers(model, sources, { fallbacks, tables }),
      ...keptChoices(model, sources),
      ...folds.flatMap((column) => foldNow(column, merged, tables)),
      ...survivors(model, merged.map(written), tables),
      ...keptIdentities(all, sources),
      ...identities(model, sources),
      ...matchKeys(model, sources, tables),
      ...keptIdOfKey(model, sources),
      ...vetoes(model, sources, tables),
    ].join('\n'),
    taken: refuse(
      'match_key',
      'There is a row with this match key already.',
      `Update that one. ${OLD_NAMES}`,
      'unique_violation',
    ),
  };
}

/** Constants for what no giver has a value for. */
function fallbacksOf(model: ConsolidationModel): Record<string, FallbackRule> {
  return Object.fromEntries(
    goldenOf(model).flatMap(({ name, otherwise, type }) =>
      otherwise === null
        ? []
        : [
            [
              name,
              { value: `${literal(otherwise)}::${type === 'score' ? 'numeric' : type}`, follows: 'true' },
            ],
          ],
    ),
  );
}

/** plpgsql that names the row after the first of its sources, as a merge does. */
function identities(model: ConsolidationModel, sources: BoundSources): string[] {
  const ids = model.ids === undefined ? undefined : sources.get(model.ids.table);
  if (model.ids !== undefined)
    return [
      ...unnamed(model, sources),
      `if tg_op = 'INSERT' and not ${ids === undefined ? 'false' : flag(ids.model)} then`,
      refuse(
        'id',
        `A new row without one of ${model.ids.table} would get another id.`,
        `Set from_${model.ids.table}. ${OLD_NAMES}`,
      ),
      'end if;',
      ...(ids === undefined
        ? []
        : [
            `if tg_op = 'UPDATE' and ${flag(ids.model)} is distinct from ${flag(ids.model, 'old')} then`,
            refuse('flag', `With another row of ${model.ids.table} it would get another id.`, OLD_NAMES),
            'end if;',
          ]),
    ];
  const cases = model.sources.flatMap(({ table }) => {
    const source = sources.get(table);
    if (source === undefined) return [];
    const id = `(select ${ownId(source.model, 'r')} from ${legacyRow(source.bound, source.model.identity)})`;
    return [`when ${flag(source.model)} then ${id}`];
  });
  return [
    ...unnamed(model, sources),
    // A row that is made of rows kept whole alone has its id of its key.
    `v_id := ${cases.length === 0 ? unlessNew('old.id') : `case ${cases.join(' ')} else ${unlessNew('old.id')} end`};`,
    'if new.id is not null and new.id is distinct from v_id then',
    refuse(
      'id',
      'The id of a unified row is made from the legacy row that it is named by, and would be another one.',
      `Leave id out, and identities as they are. ${OLD_NAMES}`,
    ),
    'end if;',
    'new.id := v_id;',
  ];
}

/** plpgsql, behind the match key: an id that is made of the key, for want of a row whose id is kept, would be another one with it. */
function keptIdOfKey({ ids }: ConsolidationModel, sources: BoundSources): string[] {
  if (ids === undefined) return [];
  const source = sources.get(ids.table);
  const isOfKey = source === undefined ? 'true' : `not ${flag(source.model)}`;
  return [
    `if tg_op = 'UPDATE' and ${isOfKey} and new.merge_key is distinct from old.merge_key then`,
    refuse(
      'id',
      `Without a row of ${ids.table} the id is made of the match key, and would be another one with these values.`,
      `Leave what it matches by as it is. ${OLD_NAMES}`,
    ),
    'end if;',
  ];
}

/** plpgsql: the id of a new row is the identity of a legacy row, for which an application need have none. */
function newId({ ids }: ConsolidationModel): string[] {
  return ids === undefined
    ? []
    : [`if tg_op = 'INSERT' then new.id := coalesce(new.id, gen_random_uuid()); end if;`];
}

/** plpgsql: where one table alone gives unified rows, a new row is one of it. */
function onlySource({ sources: all }: ConsolidationModel, sources: BoundSources): string[] {
  const [only, ...others] = all;
  if (only === undefined || others.length > 0 || !sources.has(only.table)) return [];
  return [`if tg_op = 'INSERT' then ${flag(only)} := coalesce(${flag(only)}, true); end if;`];
}

/** plpgsql: what a new row is summed up to, which has no rows that are kept whole. */
function newFold(column: FoldModel, sources: readonly Known[]): string[] {
  const value = foldOf(
    column,
    sources.map(({ model }) => model.table),
  );
  return value === null
    ? []
    : [`if tg_op = 'INSERT' then new.${ident(column.name)} := ${foldLiteral(column, value)}; end if;`];
}

/** plpgsql: the word for what a row is made of, where several tables may give it. */
function foldNow({ name, fold }: FoldModel, sources: readonly Known[], tables: Tables): string[] {
  if (fold.by !== 'sources' || sources.length < 2) return [];
  const flags = new Map(sources.map(({ model }) => [model.table, model]));
  const has = (table: string) => {
    const model = flags.get(table);
    if (model !== undefined) return flag(model);
    return `(case when tg_op = 'UPDATE' then ${hasFolded(tables, table)} else false end)`;
  };
  const cases = fold.words.map(
    ({ word, tables: of }) => `when ${['true', ...of.map(has)].join(' and ')} then ${literal(word)}`,
  );
  const changed = sources.map(({ model }) => `${flag(model)} is distinct from ${flag(model, 'old')}`);
  return [
    `if tg_op = 'INSERT' or ${changed.join(' or ')} then new.${ident(name)} := case ${cases.join(' ')} end; end if;`,
  ];
}

/** plpgsql that refuses a row of a source without what that source's rows are told apart by. */
function unnamed(model: ConsolidationModel, sources: BoundSources): string[] {
  return model.sources.flatMap((source) => {
    const known = sources.get(source.table);
    if (known === undefined) return [];
    const values = source.identity.map((name) => `(${restored(known.bound, name)}) is null`);
    const names = source.identity.map((name) => placeOf(columnOf(known.bound, name))).join(', ');
    return [
      `if ${flag(source)} and (${values.join(' or ')}) then`,
      refuse(
        'identity',
        `The row would be one of ${source.table} as well, whose rows are told apart by ${names}: a value is missing there.`,
        `Give it; or set ${source.flag} to false, where it is to be none of that table.`,
        'not_null_violation',
      ),
      'end if;',
    ];
  });
}
