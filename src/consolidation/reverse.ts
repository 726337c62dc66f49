import { ident, literal, qualified } from '../db/identifier.js';
import { type ConsolidationModel, goldenOf, isTime } from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import { type FallbackRule, type ReverseRules, refuse } from '../mapping/reverse.js';
import { ownTarget } from '../mapping/tables.js';
import { keptChoices } from './chosen.js';
import { boundSources } from './keyed-sources.js';
import { type BoundSources, ownId } from './keys.js';
import { given, ownGivers } from './own-givers.js';
import { keptIdentities } from './pointed-to.js';
import { survivors } from './surviving.js';
import { keyVariables, matchKeys, vetoes } from './written-key.js';
import { columnOf, flag, legacyRow, OLD_NAMES, restored, written } from './written-row.js';
import { givenTimes, madeTime } from './written-times.js';

/** How direct writes to the unified table of a consolidation become rows of its sources. */
export function reverseRules(model: ConsolidationModel, bound: BoundPhase, schema: string): ReverseRules {
  const sources = boundSources(model, bound);
  const all = [...sources.values()];
  const tables = {
    unified: qualified(schema, bound.mapping.unified),
    folded: qualified(schema, model.duplicates),
  };
  const absent = model.sources.filter(({ table }) => !sources.has(table));
  const fallbacks = fallbacksOf(model);
  const timeColumns = model.columns.filter(isTime);
  return {
    notice: null,
    lookups: [],
    declare: [
      'v_id uuid; v_key uuid; v_veto text; v_time timestamptz; v_survivor int; v_before int;',
      ...keyVariables(model),
    ].join(' '),
    keys: [
      ...absent.map(({ flag }) => `new.${ident(flag)} := coalesce(new.${ident(flag)}, false);`),
      `if tg_op = 'UPDATE' and new.id is distinct from old.id then`,
      refuse(
        'id',
        'The id of a unified row is made from the legacy row that it is named by.',
        'Leave it as it is.',
      ),
      'end if;',
      `new.merge_key := case when tg_op = 'UPDATE' then old.merge_key end;`,
    ].join('\n'),
    rows: [
      ...timeColumns.flatMap((column) => givenTimes(column, all)),
      ...Object.entries(fallbacks).map(
        ([name, { value }]) =>
          `if tg_op = 'INSERT' then new.${ident(name)} := coalesce(new.${ident(name)}, ${value}); end if;`,
      ),
    ].join('\n'),
    given: given(model, sources, fallbacks).join('\n'),
    fallbacks,
    computed: [],
    telling: {},
    last: [
      ...timeColumns.flatMap((column) => madeTime(column, all, tables.folded)),
      ...ownGivers(model, sources, { fallbacks, folded: tables.folded }),
      ...keptChoices(model, sources),
      ...survivors(model, all.map(written), tables.folded),
      ...keptIdentities(model, sources),
      ...identities(model, sources),
      ...matchKeys(model, sources, tables),
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
  const cases = model.sources.flatMap(({ table }) => {
    const source = sources.get(table);
    if (source === undefined) return [];
    const id = `(select ${ownId(source.model, 'r')} from ${legacyRow(source.bound, source.model.identity)})`;
    return [`when ${flag(source.model)} then ${id}`];
  });
  return [
    ...unnamed(model, sources),
    `v_id := case ${cases.join(' ')} end;`,
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

/** plpgsql that refuses a row of a source without what that source's rows are told apart by. */
function unnamed(model: ConsolidationModel, sources: BoundSources): string[] {
  return model.sources.flatMap((source) => {
    const known = sources.get(source.table);
    if (known === undefined) return [];
    const values = source.identity.map((name) => `(${restored(known.bound, name)}) is null`);
    const names = source.identity.map((name) => ownTarget(columnOf(known.bound, name))).join(', ');
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
