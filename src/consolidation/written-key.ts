import { ident, literal } from '../db/identifier.js';
import { type ConsolidationModel, columnsOfStep, type SourceModel, thingColumnOf } from '../declare/model.js';
import { rawText, uuidFromText } from '../keys/raw-id.js';
import { foldedColumn } from '../mapping/bind.js';
import type { BoundColumn } from '../mapping/mapping.js';
import { fromFolded, fromUnified } from '../mapping/restore.js';
import { refuse } from '../mapping/reverse.js';
import { hasFolded, type Tables } from './folded-rows.js';
import { answersOf, type BoundSources, namedKey, pointerPairs, resolvedElsewhere } from './keys.js';
import { ownId, sameKey } from './same-key.js';
import {
  columnOf,
  flag,
  type Known,
  legacyRow,
  OLD_NAMES,
  placeOf,
  restored,
  unlessNew,
} from './written-row.js';
import { thingKeys } from './written-thing.js';

const keyVariable = (at: number) => `v_key_${at}`;

export function keyVariables({ sources }: ConsolidationModel): string[] {
  return sources.map((_source, at) => `${keyVariable(at)} uuid;`);
}

/**
 * plpgsql that finds the match key which a merge will give to the row, and refuses what would part its legacy rows. What is
 * pointed to is looked up among our own rows.
 */
export function matchKeys(model: ConsolidationModel, sources: BoundSources, tables: Tables): string[] {
  const variable = (table: string) => keyVariable(model.sources.findIndex((one) => one.table === table));
  const thing = thingColumnOf(model);
  if (thing !== null) return thingKeys(thing, sources, variable);
  const found = pointedFirst(model).flatMap((source) => {
    const known = sources.get(source.table);
    if (known === undefined) return [];
    const names = [...source.identity, ...source.within, ...source.match.flatMap(columnsOfStep)];
    const steps = source.match.flatMap((step): WrittenStep[] => {
      if (step.kind === 'same') return [{ key: sameKey(step, source, 'r'), isElsewhere: false }];
      if (step.kind === 'named')
        return [{ key: namedKey(step.column, known.bound, 'r'), isElsewhere: false }];
      if (step.kind === 'thing') return [];
      if (step.kind === 'resolve') throw resolvedElsewhere(step);
      const target = sources.get(step.table);
      if (target === undefined) return [];
      if (step.kind === 'through')
        return answersOf(step, 't', sources) === null
          ? []
          : [{ key: sameKey(step.step, source, 'r'), isElsewhere: true }];
      const pairs = pointerPairs(step, source, target.model);
      return [{ key: pointedKey(pairs, target, variable(step.table), tables), isElsewhere: false }];
    });
    const all = [...steps, { key: ownId(source, 'r'), isElsewhere: false }];
    return keyOf({ known, names, variable: variable(source.table) }, all);
  });
  const all = model.sources.filter(({ table }) => sources.has(table)).map(({ table }) => variable(table));
  return [
    ...found,
    `v_key := coalesce(${[...all, unlessNew('old.merge_key')].join(', ')});`,
    ...(all.length < 2
      ? []
      : [
          `if ${all.map((one) => `coalesce(${one}, v_key) <> v_key`).join(' or ')} then`,
          refuse(
            'match_key',
            'With these values the legacy rows of this row would be about different things.',
            `Change what they match by in all of them at once, or set the from_* flag to false of a table that is to have none. ${OLD_NAMES}`,
          ),
          'end if;',
        ]),
    `if tg_op = 'UPDATE' and v_key <> old.merge_key and ${hasFolded(tables)} then`,
    refuse(
      'duplicates',
      'Duplicate legacy rows were folded into this one; with another match key they would part.',
      OLD_NAMES,
    ),
    'end if;',
    'new.merge_key := v_key;',
  ];
}

interface WrittenStep {
  /** SQL over the legacy row `r`; of a step that others answer, the key that it asks by. */
  readonly key: string;
  /** What rows of a crosswalk say, which a merge alone looks up. */
  readonly isElsewhere: boolean;
}

/** plpgsql that finds the key of one source's row. */
function keyOf(
  {
    known: { model, bound },
    names,
    variable,
  }: { readonly known: Known; readonly names: readonly string[]; readonly variable: string },
  steps: readonly WrittenStep[],
): string[] {
  const coalesced = (some: readonly WrittenStep[]) =>
    some.length === 0 ? 'null::uuid' : `coalesce(${some.map(({ key }) => key).join(', ')})`;
  const row = legacyRow(bound, names);
  const at = steps.findIndex(({ isElsewhere }) => isElsewhere);
  if (at < 0)
    return [`if ${flag(model)} then select ${coalesced(steps)} into ${variable} from ${row}; end if;`];
  const asks = steps.filter(({ isElsewhere }) => isElsewhere).map(({ key }) => `${key} is null`);
  const rest = coalesced(steps.filter(({ isElsewhere }) => !isElsewhere));
  const unchanged = [...new Set(names)].map(
    (name) => `(${restored(bound, name)})::text is not distinct from (${restored(bound, name, 'old')})::text`,
  );
  return [
    `if ${flag(model)} then`,
    `if tg_op = 'UPDATE' and ${flag(model, 'old')} and ${unchanged.join(' and ')} then ${variable} := old.merge_key;`,
    `else select coalesce(${coalesced(steps.slice(0, at))}, case when ${asks.join(' and ')} then ${rest} end) into ${variable} from ${row};`,
    `if ${variable} is null then`,
    refuse(
      'match_key',
      `What this row of ${model.table} is about is said by other legacy rows, which a merge looks up.`,
      OLD_NAMES,
    ),
    'end if; end if; end if;',
  ];
}

/** SQL: the key of the row that columns of `r` point to. */
function pointedKey(
  pairs: ReturnType<typeof pointerPairs>,
  { model, bound }: Known,
  ownVariable: string,
  tables: Tables,
): string {
  const pointer = (ours: string) => `r.${ident(ours)}`;
  const equal = (value: string, ours: string) => `${rawText(value)} = ${rawText(pointer(ours))}`;
  const itself = [...pairs.identity, ...pairs.within].map(([theirs, ours]) =>
    equal(restored(bound, theirs), ours),
  );
  // By an index on the identity; the tenant only confirms what that has found.
  const found = (place: (column: BoundColumn) => string, value: (column: BoundColumn) => string) => [
    ...pairs.identity.map(([theirs, ours]) => {
      const column = columnOf(bound, theirs);
      return typedEqual(`t.${ident(place(column))}`, pointer(ours), column);
    }),
    ...pairs.within.map(([theirs, ours]) => equal(value(columnOf(bound, theirs)), ours)),
  ];
  const inUnified = found(placeOf, (column) => fromUnified(bound, column, 't'));
  const inFolded = found(
    ({ name }) => foldedColumn(bound.rule, name),
    (column) => fromFolded(bound, column, 't'),
  );
  return (
    `case when ${flag(model)} and ${itself.join(' and ')} then ${ownVariable} else coalesce(` +
    `(select t.merge_key from ${tables.unified} t where t.${ident(model.flag)} and ${inUnified.join(' and ')} limit 1), ` +
    `(select t.merge_key from ${tables.folded} t where t.source = ${literal(model.table)} and ${inFolded.join(' and ')} limit 1)) end`
  );
}

/** Compared by an index, as far as a pointer's text is surely one of the column's type: no cast may fail, or cut a text. */
function typedEqual(value: string, pointer: string, { type }: BoundColumn): string {
  if (['int2', 'int4', 'int8'].includes(type.kind))
    return `${value} = (select case when ${rawText(pointer)} ~ '^-?[0-9]{1,18}$' then ${pointer}::text::int8 end)`;
  if (type.kind === 'uuid') return `${value} = ${uuidFromText(rawText(pointer))}`;
  if (type.category === 'S') return `${value} = (${pointer})::text collate ${type.collation ?? '"default"'}`;
  return `${value} = (${pointer})::text::${type.base}`;
}

/** Sources in an order in which what is pointed to comes before what points. */
function pointedFirst({ sources }: ConsolidationModel): SourceModel[] {
  const ordered: SourceModel[] = [];
  const visit = (source: SourceModel): void => {
    if (ordered.includes(source)) return;
    for (const step of source.match) {
      const target = step.kind === 'via' ? sources.find(({ table }) => table === step.table) : undefined;
      if (target !== undefined) visit(target);
    }
    ordered.push(source);
  };
  for (const source of sources) visit(source);
  return ordered;
}

/** plpgsql that refuses a change of what keeps rows of one key apart, where there are others. */
export function vetoes({ veto }: ConsolidationModel, sources: BoundSources, tables: Tables): string[] {
  if (veto === null) return [];
  const texts = (row: 'new' | 'old') =>
    [...veto.columns].flatMap(([table, column]) => {
      const source = sources.get(table);
      if (source === undefined) return [];
      return [
        `case when ${flag(source.model, row)} then ${veto.normalizer.sql(restored(source.bound, column, row))} end`,
      ];
    });
  const [now, before] = [texts('new'), texts('old')];
  if (now.length === 0) return [];
  return [
    `v_veto := coalesce(${now.join(', ')});`,
    `if ${now.map((one) => `coalesce(${one}, v_veto) <> v_veto`).join(' or ')} then`,
    refuse('veto', 'With these values the legacy rows of this row would be different things.', OLD_NAMES),
    'end if;',
    `if tg_op = 'UPDATE' and v_veto is distinct from coalesce(${before.join(', ')}) and (${hasFolded(tables)} or exists (select from ${tables.unified} u where u.merge_key = new.merge_key and u.id <> old.id)) then`,
    refuse(
      'veto',
      'Other legacy rows share the match key; with this change they would part or meet anew.',
      OLD_NAMES,
    ),
    'end if;',
  ];
}
