import { type ConsolidationModel, feedsOf, isComputed } from '../declare/model.js';
import type { Stop } from '../errors/stop.js';
import { DrydockError } from '../errors.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { BoundPhase } from '../mapping/bind.js';
import { givesOf } from '../mapping/restore.js';

/** Columns that are declared to give a shared one its value, and have a type that it cannot be made of. */
export function unconvertible(model: ConsolidationModel, { sources }: BoundPhase): Stop[] {
  return feedsOf(model).flatMap(({ target, type, giver }): Stop[] => {
    if (isComputed(giver)) return [];
    const { table, column } = giver;
    const found = sources
      .find(({ rule }) => rule.table === table)
      ?.columns.find((one) => one.name === column);
    // A column that is not there is refused for that.
    if (found === undefined) return [];
    if (givesOf(found.home).some((gives) => gives.target === target)) return [];
    return [
      {
        code: 'no-conversion',
        message: `${table}.${column} is of type ${found.type.name}, of which no ${type} for ${target} can be made.`,
        next: 'Declare the column with another type or conversion, or leave it out: it is carried verbatim then.',
      },
    ];
  });
}

/** Refuses tables without a column that the declaration names: no rule over it can be made. @throws DrydockError `missing-columns` */
export function requireColumns({ stops }: Pick<LegacyDatabase, 'stops'>): void {
  const missing = stops.filter(({ code }) => code === 'missing-columns');
  const [first] = missing;
  if (first === undefined) return;
  throw new DrydockError({
    code: 'missing-columns',
    what: missing.map(({ message }) => message).join(' '),
    state: 'The catalog was only read; this command did nothing else.',
    next: first.next,
  });
}
