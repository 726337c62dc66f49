import { ident } from '../db/identifier.js';
import { type ConsolidationModel, type ThingColumnModel, thingColumnOf } from '../declare/model.js';
import { asUuid } from '../keys/raw-id.js';
import { refuse } from '../mapping/reverse.js';
import { ownTarget } from '../mapping/tables.js';
import { type BoundSources, namedKey } from './keys.js';
import { ownId } from './same-key.js';
import { columnOf, flag, type Known, legacyRow, OLD_NAMES } from './written-row.js';

/** plpgsql before a row of a consolidation that is about things is completed: it keeps what it is about. */
export function keptThing(model: ConsolidationModel, sources: BoundSources): string[] {
  const thing = thingColumnOf(model);
  if (thing === null) return [];
  const places = pointers(sources).map(({ place }) => place);
  const changed = [thing.name, ...places].map(
    (name) => `new.${ident(name)} is distinct from old.${ident(name)}`,
  );
  return [
    `if tg_op = 'UPDATE' and (${changed.join(' or ')}) then`,
    refuse(
      'id',
      'A row keeps what it is about: its legacy rows name it.',
      `Make a new one for another. ${OLD_NAMES}`,
    ),
    'end if;',
  ];
}

/** plpgsql that hands what a new row is about to its legacy rows. */
export function givenThing(model: ConsolidationModel, sources: BoundSources): string[] {
  const thing = thingColumnOf(model);
  if (thing === null) return [];
  return pointers(sources).map(({ source, place }) => {
    const target = `new.${ident(place)}`;
    return `if tg_op = 'INSERT' and ${flag(source.model)} then ${target} := coalesce(${target}, new.${ident(thing.name)}); end if;`;
  });
}

/** plpgsql that finds the match key of a new row, as a merge will, and what it is about. */
export function thingKeys(
  thing: ThingColumnModel,
  sources: BoundSources,
  variable: (table: string) => string,
): string[] {
  const all = [...sources.values()];
  const column = `new.${ident(thing.name)}`;
  const changedFlags = all.map(({ model }) => `${flag(model)} is distinct from ${flag(model, 'old')}`);
  const keys = all.map(({ model }) => variable(model.table));
  return [
    `if tg_op = 'UPDATE' then`,
    `if ${changedFlags.join(' or ')} then`,
    refuse('flag', 'Which legacy rows a row is made of follows from the legacy tables.', OLD_NAMES),
    'end if;',
    'v_key := old.merge_key;',
    'else',
    ...all.flatMap((source) => keyOf(source, variable(source.model.table))),
    `v_key := coalesce(${keys.join(', ')});`,
    ...(keys.length < 2
      ? []
      : [
          `if ${keys.map((one) => `coalesce(${one}, v_key) <> v_key`).join(' or ')} then`,
          refuse('match_key', 'The legacy rows of this row would be about different things.', OLD_NAMES),
          'end if;',
        ]),
    `if v_thing is not null and ${column} is distinct from v_thing then`,
    `if ${column} is not null then`,
    refuse('thing', `The legacy rows would be about another one than ${thing.name} says.`, OLD_NAMES),
    'end if;',
    `${column} := v_thing;`,
    'end if;',
    'end if;',
    'new.merge_key := v_key;',
  ];
}

/** plpgsql: the key of one source's row, and the thing that it names. */
function keyOf({ model, bound, made }: Known, variable: string): string[] {
  const names = [
    ...model.identity,
    ...model.match.flatMap((step) => ('column' in step ? [step.column] : [])),
  ];
  const steps = model.match.flatMap((step) => {
    if (step.kind === 'named') return [namedKey(step.column, bound, 'r')];
    return step.kind === 'thing' && made !== undefined ? [made.id('r')] : [];
  });
  const step = model.match.find(({ kind }) => kind === 'thing');
  const pointer =
    step?.kind === 'thing'
      ? asUuid(`r.${ident(step.column)}`, columnOf(bound, step.column).type.kind)
      : 'null::uuid';
  const thing = made === undefined || step === undefined ? 'null::uuid' : made.id('r');
  return [
    `if ${flag(model)} then`,
    `select coalesce(${[...steps, ownId(model, 'r')].join(', ')}), coalesce(v_thing, ${thing}) into ${variable}, v_thing from ${legacyRow(bound, names)} ${made?.joins(pointer, 'r') ?? ''};`,
    'end if;',
  ];
}

/** Columns of the unified table by which its sources name what their rows are about. */
function pointers(sources: BoundSources): { readonly source: Known; readonly place: string }[] {
  return [...sources.values()].flatMap((source) =>
    source.model.match.flatMap((step) =>
      step.kind === 'thing' ? [{ source, place: ownTarget(columnOf(source.bound, step.column)) }] : [],
    ),
  );
}
