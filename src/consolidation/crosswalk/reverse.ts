import { ident, literal } from '../../db/identifier.js';
import { type ConsolidationModel, goldenOf, isTime, type TimeModel } from '../../declare/model.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { type ReverseRules, refuse } from '../../mapping/reverse.js';
import { timeColumns } from '../../transform/standing.js';
import { declaredOf } from './keys.js';
import { crosswalkLookups } from './lookups.js';
import { placeOf, placesOfKeys } from './places.js';
import { spellingsOf } from './spellings.js';
import { crosswalkIn } from './uses.js';
import { ownFallbacks, remadeColumns } from './written-fallbacks.js';
import {
  insertedKeys,
  keyVariables,
  OLD_NAMES,
  resolvedKeys,
  togetherKeys,
  updatedKeys,
  type Writing,
} from './written-keys.js';

/** How direct writes to the unified table of a consolidation with a crosswalk become rows of its sources. @param model as it is found */
export function crosswalkReverse(
  model: ConsolidationModel,
  bound: BoundPhase,
  { legacy, hasForeignKey }: { readonly legacy: LegacyDatabase; readonly hasForeignKey: boolean },
): ReverseRules {
  const crosswalk = crosswalkIn(model);
  const writing: Writing = {
    places: placesOfKeys(model, bound),
    lookups: crosswalkLookups(model, legacy),
    spellings: spellingsOf(crosswalk.prefixes),
    reference: referenceOf(model),
    rule: crosswalk.thing,
    thing: model.thing,
    crossed: crosswalk.thing,
    remade: remadeColumns(model, bound),
    hasForeignKey,
  };
  const own = ownFallbacks(model, bound);
  const { thing, crossed, places, remade, rule } = writing;
  return {
    declare: keyVariables(writing),
    keys: [
      ...untouched(writing, bound),
      ...absentFlags(model, bound),
      `if tg_op = 'INSERT' then`,
      ...insertedKeys(writing),
      'else',
      ...updatedKeys(writing),
      'end if;',
      ...resolvedKeys(writing),
      ...remade.map(
        ({ column, value }) =>
          `if new.${ident(column)} is null then new.${ident(column)} := ${value}; end if;`,
      ),
    ].join('\n'),
    rows: [
      ...givenKeys(writing),
      ...togetherKeys(writing),
      ...times(model, bound, writing),
      ...own.flatMap(({ column, value, fills }) =>
        fills ? [`new.${ident(column)} := coalesce(new.${ident(column)}, ${value});`] : [],
      ),
    ].join('\n'),
    fallbacks: Object.fromEntries([
      ...remade.map(({ column, value, variable }) => [column, { value, follows: variable }] as const),
      ...own.map(({ column, value, follows }) => [column, { value, follows }] as const),
    ]),
    notice:
      `What is written to it directly reaches the legacy tables. Until it is completed, a second ${thing} of a ${crossed} ` +
      `is refused there, and taken under the old name: what is one ${thing} and what are two is decided when rows are merged.`,
    computed: [],
    telling: { [places.model.table]: tellingColumns(model) },
    taken: refuse(
      rule,
      `This ${crossed} has ${/^[aeiou]/i.test(thing) ? 'an' : 'a'} ${thing} already.`,
      `Update that one. For a second ${thing} of one ${crossed}: ${OLD_NAMES}`,
      'unique_violation',
    ),
    // Last: what is asked for is known when all of it was.
    lookups: writing.lookups.all,
  };
}

/** The column that names the row of the crosswalk. */
export function referenceOf({ columns, name }: ConsolidationModel): string {
  const found = columns.find(({ kind }) => kind === 'reference');
  if (found === undefined) throw new Error(`${name} has no column that names the row of the crosswalk`);
  return found.name;
}

/** Shared columns whose change makes another thing of a row. */
function tellingColumns(model: ConsolidationModel): string[] {
  const source = model.sources.find(({ distinct }) => distinct !== undefined);
  const names = (source?.distinct ?? []).flat();
  return goldenOf(model).flatMap(({ name, givers }) =>
    givers.some(
      ({ table, column, keepsOwn }) => table === source?.table && names.includes(column) && !keepsOwn,
    )
      ? [name]
      : [],
  );
}

function absentFlags(model: ConsolidationModel, bound: BoundPhase): string[] {
  return model.sources
    .filter(
      ({ table }) => table !== model.ids?.table && !bound.sources.some(({ rule }) => rule.table === table),
    )
    .map(({ flag }) => `new.${ident(flag)} := coalesce(new.${ident(flag)}, false);`);
}

/** plpgsql that gives the other legacy rows what names their row of the crosswalk. */
function givenKeys({ places, reference }: Writing): string[] {
  const { others, alias, flag: lead } = places;
  const ownId = `case when new.${lead} then new.id end`;
  const written = (prefix: string) => (prefix === '' ? 'v_key' : `${literal(prefix)} || v_key`);
  const value = `new.${ident(reference)}`;
  return [
    ...others.flatMap(({ flag, key, points, written: prefix }) =>
      key === undefined
        ? []
        : [
            `if new.${flag} then ${key.now} := coalesce(${key.now}, ${points ? ownId : written(prefix)}); end if;`,
          ],
    ),
    `if tg_op = 'UPDATE' and v_named and ${value} is distinct from old.${ident(reference)} and ${value} is not null then`,
    'null;',
    ...others.flatMap(({ flag, key, points, written: prefix }) =>
      key === undefined || points ? [] : [`if new.${flag} then ${key.now} := ${written(prefix)}; end if;`],
    ),
    ...(alias === undefined
      ? []
      : [`if ${alias.now} is not null then ${alias.now} := ${written(alias.written)}; end if;`]),
    'end if;',
  ];
}

interface Made {
  readonly flag: string;
  readonly value: string;
  readonly kind: string;
  readonly isLead: boolean;
}

/** Where legacy rows say when they were made. */
function madeIn(model: ConsolidationModel, bound: BoundPhase, { places }: Writing): Made[] {
  return bound.sources.flatMap((source) =>
    timeColumns(source.table, declaredOf(model, source).times.created).flatMap((name) => {
      const place = placeOf(source, name);
      return place === undefined
        ? []
        : [
            {
              flag: ident(source.rule.flag ?? ''),
              value: place.now,
              kind: place.kind,
              isLead: source === places.lead,
            },
          ];
    }),
  );
}

/** plpgsql that hands the times that an application gives to the sources, and refuses one that a merge would not make. */
function times(model: ConsolidationModel, bound: BoundPhase, writing: Writing): string[] {
  const column = (kind: TimeModel['kind']) => model.columns.filter(isTime).find((one) => one.kind === kind);
  const [first, last] = [column('earliest'), column('touched')];
  const made = madeIn(model, bound, writing);
  const created = first === undefined ? null : ident(first.name);
  const updated = last === undefined ? null : ident(last.name);
  const moment = ({ value, kind }: Made) =>
    kind === 'timestamptz' ? value : `(${value} at time zone 'UTC')`;
  const earliest =
    made.length === 0
      ? 'null::timestamptz'
      : `least(${made.map((time) => `case when new.${time.flag} then ${moment(time)} end`).join(', ')})`;
  const wanted = ({ kind }: Made) =>
    kind === 'timestamptz' ? `new.${created}` : `(new.${created} at time zone 'UTC')`;
  const lead = last === undefined ? undefined : placeOf(writing.places.lead, last.name)?.now;
  const since = ['now()', ...(created === null ? [] : [`new.${created}`])].at(-1);
  return [
    `if tg_op = 'INSERT' then`,
    ...(created === null
      ? []
      : [
          `new.${created} := coalesce(new.${created}, now());`,
          ...made.map(
            (time) =>
              `if new.${time.flag} then ${time.value} := coalesce(${time.value}, ${wanted(time)}); end if;`,
          ),
        ]),
    ...(updated === null
      ? ['null;']
      : [
          ...(lead === undefined ? [] : [`${lead} := coalesce(${lead}, new.${updated}, ${since});`]),
          `new.${updated} := coalesce(new.${updated}, ${since});`,
        ]),
    ...(created === null
      ? []
      : [
          `elsif new.${created} is distinct from old.${created} then`,
          ...made
            .filter(({ isLead }) => isLead)
            .map((time) => `if new.${time.flag} then ${time.value} := ${wanted(time)}; end if;`),
        ]),
    'end if;',
    ...(created === null || first === undefined
      ? []
      : [
          `if (tg_op = 'INSERT' or new.${created} is distinct from old.${created}) and new.${created} is distinct from ${earliest} then`,
          refuse(
            first.name,
            `${first.name} is the earliest time in the legacy rows of ${/^[aeiou]/i.test(writing.thing) ? 'an' : 'a'} ${writing.thing}, and would not be this.`,
            'Leave it as it is.',
          ),
          'end if;',
        ]),
    ...(lead === undefined || updated === null
      ? []
      : [
          `if tg_op = 'UPDATE' and new.${writing.places.flag} and new.${updated} is distinct from old.${updated} then ${lead} := new.${updated}; end if;`,
        ]),
  ];
}

/**
 * plpgsql that leaves a row alone of which Postgres' own foreign key takes a deleted row of the crosswalk away, and nothing else:
 * the legacy tables have seen that delete themselves. Generated columns are computed later, and are null until then.
 */
function untouched({ lookups, reference }: Writing, bound: BoundPhase): string[] {
  const name = ident(reference);
  const gone = `not exists (select from ${lookups.row(`old.${name}`)} where s.known)`;
  const generated = bound.mapping.always.filter(({ ddl }) => ddl.includes('generated always'));
  return [
    `if tg_op = 'UPDATE' and new.${name} is null and old.${name} is not null then`,
    `if ${gone} then`,
    'v_alone := old;',
    ...[reference, ...generated.map((column) => column.name)].map(
      (column) => `v_alone.${ident(column)} := null;`,
    ),
    'if v_alone *= new then return new; end if;',
    'end if; end if;',
  ];
}
