import { ident, literal, qualified } from '../db/identifier.js';
import { goldenOf } from '../declare/check.js';
import {
  type ConsolidationModel,
  type GoldenModel,
  isComputed,
  type SourceModel,
  type TimeModel,
} from '../declare/model.js';
import { rawText } from '../keys/raw-id.js';
import { type BoundPhase, foldedColumn } from '../mapping/bind.js';
import type { BoundColumn } from '../mapping/mapping.js';
import { fromUnified } from '../mapping/restore.js';
import { type FallbackRule, type ReverseRules, refuse } from '../mapping/reverse.js';
import { ownTarget } from '../mapping/tables.js';
import { boundSources } from './keyed-sources.js';
import { type BoundSources, ownId, sameKey } from './keys.js';
import { keptIdentities } from './pointed-to.js';
import { survivors } from './surviving.js';
import {
  asMoment,
  columnOf,
  flag,
  type Known,
  legacyRow,
  ownGift,
  restored,
  timesOf,
  written,
} from './written-row.js';

const OLD_NAMES = 'Write it under the old names, where the legacy tables decide.';

/** How direct writes to the unified table of a consolidation become rows of its sources. */
export function reverseRules(model: ConsolidationModel, bound: BoundPhase, schema: string): ReverseRules {
  const sources = boundSources(model, bound);
  const all = [...sources.values()];
  const tables = {
    unified: qualified(schema, model.into),
    folded: qualified(schema, model.duplicates),
  };
  const absent = model.sources.filter(({ table }) => !sources.has(table));
  const fallbacks = fallbacksOf(model);
  const timeColumns = model.columns.filter((column) => column.kind !== 'golden');
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
    fallbacks,
    computed: [],
    telling: {},
    last: [
      ...timeColumns.flatMap((column) => madeTime(column, all, tables.folded)),
      ...ownGivers(model, sources),
      ...survivors(model, all.map(written)),
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

type Tables = { readonly unified: string; readonly folded: string };

/** In brackets: a condition of plpgsql ends at the first bare `then`. */
const unlessNew = (before: string) => `(case when tg_op = 'UPDATE' then ${before} end)`;

/** Columns with moments that have a home of their own, where they can be written. */
function writableTimes({ model, bound }: Known, kind: TimeModel['kind']): BoundColumn[] {
  return timesOf(model, kind)
    .map((name) => columnOf(bound, name))
    .filter(({ home }) => home.kind === 'own');
}

/** A moment as a value of a column's type: a time without zone is one of UTC. */
function asColumn(value: string, { type }: BoundColumn): string {
  return type.kind === 'timestamptz' ? value : `(${value} at time zone 'UTC')::${type.name}`;
}

/** plpgsql that hands a time that an application gives to the sources. */
function givenTimes({ name, kind }: TimeModel, sources: readonly Known[]): string[] {
  const value = `new.${ident(name)}`;
  const places = sources.flatMap((source) =>
    writableTimes(source, kind).map((column) => ({
      source,
      column,
      target: `new.${ident(ownTarget(column))}`,
    })),
  );
  if (places.length === 0) return [];
  const others = (at: number) => places.slice(0, at).map(({ source }) => `${flag(source.model)}`);
  return [
    `if ${value} is not null then`,
    `if tg_op = 'INSERT' then`,
    ...places.map(
      ({ source, column, target }) =>
        `if ${flag(source.model)} then ${target} := coalesce(${target}, ${asColumn(value, column)}); end if;`,
    ),
    `elsif ${value} is distinct from old.${ident(name)} then`,
    // One source is enough: of all of them the latest, or the earliest, counts.
    ...places.map(({ source, column, target }, at) => {
      const first = [flag(source.model), ...others(at).map((other) => `not ${other}`)].join(' and ');
      return `if ${first} then ${target} := ${asColumn(value, column)}; end if;`;
    }),
    'end if; end if;',
  ];
}

/** plpgsql that makes of a time what a merge will make of it. */
function madeTime({ name, kind }: TimeModel, sources: readonly Known[], folded: string): string[] {
  const value = `new.${ident(name)}`;
  const before = `old.${ident(name)}`;
  const pick = kind === 'earliest' ? 'least' : 'greatest';
  const all = sources.flatMap(({ model, bound }) =>
    timesOf(model, kind).map(
      (column) =>
        `case when ${flag(model)} then ${asMoment(restored(bound, column), columnOf(bound, column))} end`,
    ),
  );
  return [
    `v_time := ${all.length === 0 ? 'null' : `${pick}(${all.join(', ')})`};`,
    // Rows that are kept whole count as well.
    `if tg_op = 'UPDATE' and exists (select from ${folded} f where f.unified_id = old.id) then v_time := ${pick}(v_time, ${before}); end if;`,
    `if ${value} is distinct from v_time and ${value} is distinct from ${unlessNew(before)} then`,
    refuse(
      'time',
      `${name} is the ${kind === 'earliest' ? 'earliest time at which a legacy row of this one was made' : 'latest time at which a legacy row of this one was changed'}, and would not be this.`,
      'Leave it out, or write the time of that source.',
    ),
    'end if;',
    `${value} := v_time;`,
  ];
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

/**
 * plpgsql for shared columns with a giver that has a home of its own, or that is worked out from a row: its value would win
 * again, so another one is refused; and what is worked out follows what it is made of.
 */
function ownGivers(model: ConsolidationModel, sources: BoundSources): string[] {
  const fallbacks = fallbacksOf(model);
  return goldenOf(model).flatMap((golden) => [
    ...golden.givers.flatMap((giver, at) => {
      const source = sources.get(giver.table);
      if (source === undefined) return [];
      const gift = ownGift(giver, source);
      if (gift === null) return [];
      const value = `new.${ident(golden.name)}`;
      const before = unlessNew(`old.${ident(golden.name)}`);
      const earlier = golden.givers.slice(0, at).flatMap((other) => {
        const of = sources.get(other.table);
        if (of === undefined) return [];
        const own = ownGift(other, of)?.value;
        const column = of.bound.columns.find(({ name }) => name === other.column);
        const given = own ?? (column === undefined ? null : fromUnified(of.bound, column, 'new'));
        return given === null ? [] : [`(${flag(of.model)} and (${given}) is not null)`];
      });
      const isFirst = golden.survivorship === 'precedence' && golden.together === null;
      const wins = !isFirst || earlier.length === 0 ? 'true' : `not (${earlier.join(' or ')})`;
      return [
        `if ${flag(source.model)} and (${gift.value}) is not null and ${wins} then`,
        `if ${value} is distinct from ${before} and ${gift.differs(value)} then`,
        refuse(
          'golden',
          `Column ${golden.name} comes from ${gift.name}, which would give it its value again.`,
          `Write that. ${OLD_NAMES}`,
        ),
        'end if;',
        ...(gift.isGolden && isFirst ? [`${value} := ${gift.value};`] : []),
        'end if;',
      ];
    }),
    ...givenByNone(golden, sources, fallbacks[golden.name]?.value ?? 'null'),
  ]);
}

/** plpgsql for a shared column that is worked out from rows, where none has a value for it now. */
function givenByNone({ name, givers }: GoldenModel, sources: BoundSources, otherwise: string): string[] {
  if (!givers.some(isComputed)) return [];
  const given = givers.flatMap((giver) => {
    const source = sources.get(giver.table);
    if (source === undefined) return [];
    const own = ownGift(giver, source)?.value ?? restored(source.bound, giver.column);
    return [`(${flag(source.model)} and (${own}) is not null)`];
  });
  const value = `new.${ident(name)}`;
  return [
    `if not (${['false', ...given].join(' or ')}) then`,
    `if ${value}::text is distinct from (${otherwise})::text and ${value}::text is distinct from ${unlessNew(`old.${ident(name)}::text`)} then`,
    refuse(
      'golden',
      `Column ${name} is worked out from legacy rows, which give it no value.`,
      `Write their columns. ${OLD_NAMES}`,
    ),
    'end if;',
    `${value} := ${otherwise};`,
    'end if;',
  ];
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

const keyVariable = (at: number) => `v_key_${at}`;

function keyVariables({ sources }: ConsolidationModel): string[] {
  return sources.map((_source, at) => `${keyVariable(at)} uuid;`);
}

/**
 * plpgsql that finds the match key which a merge will give to the row, and refuses what would part its legacy rows. What is
 * pointed to is looked up among our own rows.
 */
function matchKeys(model: ConsolidationModel, sources: BoundSources, tables: Tables): string[] {
  const variable = (table: string) => keyVariable(model.sources.findIndex((one) => one.table === table));
  const found = pointedFirst(model).flatMap((source) => {
    const known = sources.get(source.table);
    if (known === undefined) return [];
    const names = [
      ...source.identity,
      ...source.within,
      ...source.match.flatMap((step) =>
        step.kind === 'via'
          ? step.columns
          : step.parts.flatMap((part) => ('column' in part ? [part.column] : [])),
      ),
    ];
    const steps = source.match.flatMap((step) => {
      if (step.kind === 'same') return [sameKey(step, source, 'r')];
      const target = sources.get(step.table);
      return target === undefined ? [] : [pointedKey(step.columns, target, variable(step.table), tables)];
    });
    return [
      `if ${flag(source)} then select coalesce(${[...steps, ownId(source, 'r')].join(', ')}) into ${variable(source.table)} from ${legacyRow(known.bound, names)}; end if;`,
    ];
  });
  const all = model.sources.filter(({ table }) => sources.has(table)).map(({ table }) => variable(table));
  return [
    ...found,
    `v_key := coalesce(${all.join(', ')});`,
    ...(all.length < 2
      ? []
      : [
          `if ${all.map((one) => `coalesce(${one}, v_key) <> v_key`).join(' or ')} then`,
          refuse(
            'match_key',
            'With these values the legacy rows of this row would be about different things.',
            `Change what they match by in all of them at once. ${OLD_NAMES}`,
          ),
          'end if;',
        ]),
    `if tg_op = 'UPDATE' and v_key <> old.merge_key and exists (select from ${tables.folded} f where f.unified_id = old.id) then`,
    refuse(
      'duplicates',
      'Duplicate legacy rows were folded into this one; with another match key they would part.',
      OLD_NAMES,
    ),
    'end if;',
    'new.merge_key := v_key;',
  ];
}

/** SQL: the key of the row that columns of `r` point to. */
function pointedKey(
  columns: readonly string[],
  { model, bound }: Known,
  ownVariable: string,
  tables: Tables,
): string {
  const pairs = model.identity.map((name, at) => ({
    column: columnOf(bound, name),
    pointer: `r.${ident(columns[at] as string)}`,
  }));
  const equal = (value: string, pointer: string) => `${rawText(value)} = ${rawText(pointer)}`;
  const itself = pairs.map(({ column, pointer }) => equal(fromUnified(bound, column, 'new'), pointer));
  const inUnified = pairs.map(
    ({ column, pointer }) => `${typedEqual(`t.${ident(ownTarget(column))}`, pointer, column)}`,
  );
  const inFolded = pairs.map(
    ({ column, pointer }) =>
      `${typedEqual(`t.${ident(foldedColumn(bound.rule, column.name))}`, pointer, column)}`,
  );
  return (
    `case when ${flag(model)} and ${itself.join(' and ')} then ${ownVariable} else coalesce(` +
    `(select t.merge_key from ${tables.unified} t where t.${ident(model.flag)} and ${inUnified.join(' and ')} limit 1), ` +
    `(select t.merge_key from ${tables.folded} t where t.source = ${literal(model.table)} and ${inFolded.join(' and ')} limit 1)) end`
  );
}

/** By an index, where a pointer's text is surely one of the column's type. */
function typedEqual(value: string, pointer: string, { type }: BoundColumn): string {
  return ['int2', 'int4', 'int8'].includes(type.kind)
    ? `${value} = (select case when ${rawText(pointer)} ~ '^-?[0-9]{1,18}$' then ${pointer}::text::int8 end)`
    : `${value} = (${pointer})::text::${type.base}`;
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
function vetoes({ veto }: ConsolidationModel, sources: BoundSources, tables: Tables): string[] {
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
    `if tg_op = 'UPDATE' and v_veto is distinct from coalesce(${before.join(', ')}) and (exists (select from ${tables.folded} f where f.unified_id = old.id) or exists (select from ${tables.unified} u where u.merge_key = new.merge_key and u.id <> old.id)) then`,
    refuse(
      'veto',
      'Other legacy rows share the match key; with this change they would part or meet anew.',
      OLD_NAMES,
    ),
    'end if;',
  ];
}
