import { ident } from '../db/identifier.js';
import type { TimeModel } from '../declare/model.js';
import type { BoundColumn } from '../mapping/mapping.js';
import { refuse } from '../mapping/reverse.js';
import { ownTarget } from '../mapping/tables.js';
import { hasFolded, type Tables } from './folded-rows.js';
import {
  asMoment,
  columnOf,
  flag,
  type Known,
  momentsOf,
  restored,
  timesOf,
  unlessNew,
} from './written-row.js';

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
export function givenTimes({ name, kind }: TimeModel, sources: readonly Known[]): string[] {
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

const WHICH: Readonly<Record<TimeModel['kind'], string>> = {
  earliest: 'earliest time at which a legacy row of this one was made',
  latest: 'latest time at which a legacy row of this one was changed',
  touched: 'latest time at which a legacy row of this one was made or changed',
};

/** plpgsql that makes of a time what a merge will make of it. */
export function madeTime({ name, kind }: TimeModel, sources: readonly Known[], tables: Tables): string[] {
  const value = `new.${ident(name)}`;
  const before = `old.${ident(name)}`;
  const pick = kind === 'earliest' ? 'least' : 'greatest';
  const all = sources.flatMap(({ model, bound }) =>
    momentsOf(model, kind).map(
      (column) =>
        `case when ${flag(model)} then ${asMoment(restored(bound, column), columnOf(bound, column))} end`,
    ),
  );
  return [
    `v_time := ${all.length === 0 ? 'null' : `${pick}(${all.join(', ')})`};`,
    // Rows that are kept whole count as well.
    `if tg_op = 'UPDATE' and ${hasFolded(tables)} then v_time := ${pick}(v_time, ${before}); end if;`,
    `if ${value} is distinct from v_time and ${value} is distinct from ${unlessNew(before)} then`,
    refuse(
      'time',
      `${name} is the ${WHICH[kind]}, and would not be this.`,
      'Leave it out, or write the time of that source.',
    ),
    'end if;',
    `${value} := v_time;`,
  ];
}
