import { ident } from '../db/identifier.js';
import { type ConsolidationModel, feedsOf, goldenOf, isComputed } from '../declare/model.js';
import type { Stop } from '../errors/stop.js';
import { DrydockError } from '../errors.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import { DECLARED } from '../legacy/table-rule.js';
import type { BoundPhase, BoundSource } from '../mapping/bind.js';
import { isPrinted } from '../mapping/conversions/unless.js';
import { givesOf } from '../mapping/restore.js';
import { unreadable } from './folds.js';

/** Columns that are declared to give a shared one its value, and have a type that it cannot be made of. */
export function unconvertible(model: ConsolidationModel, bound: BoundPhase): Stop[] {
  // What one of several forms has otherwise is carried as it is.
  const sources = bound.sources.filter(({ table }) => table.shape.name === DECLARED);
  return [
    ...unsummable(model, { ...bound, sources }),
    ...unkept(model, sources),
    ...unconverted(model, sources),
    ...zoneless(model, sources),
  ];
}

/** Columns that are to be summed up, and have a type of which a summary can say nothing. */
function unsummable({ columns }: ConsolidationModel, bound: BoundPhase): Stop[] {
  return columns.flatMap((column) => {
    if (column.kind !== 'fold' || column.fold.by === 'sources') return [];
    const { table } = column.fold;
    return unreadable(column.fold, bound).map(
      ({ column: name, type }): Stop => ({
        code: 'no-conversion',
        message: `${table}.${name} is of type ${type}, which ${column.name} cannot sum up.`,
        next: 'Name a column with texts or numbers, or leave it out: its rows are kept whole.',
      }),
    );
  });
}

/** An identity that the unified rows are to keep as their id, and that is none. */
function unkept({ ids, name }: ConsolidationModel, sources: readonly BoundSource[]): Stop[] {
  const source = sources.find(({ rule }) => rule.table === ids?.table);
  const column = source?.columns.find((one) => one.name === source.rule.identity[0]);
  if (ids === undefined || column === undefined || column.type.kind === 'uuid') return [];
  return [
    {
      code: 'no-conversion',
      message: `${ids.table}.${column.name} is of type ${column.type.name}; the ids of unified rows of ${name} are uuids.`,
      next: 'Leave ids out of the declaration: identities stay in a column of their own.',
    },
  ];
}

function unconverted(model: ConsolidationModel, sources: readonly BoundSource[]): Stop[] {
  return feedsOf(model).flatMap(({ target, type, giver }): Stop[] => {
    if (isComputed(giver)) return [];
    const { table, column } = giver;
    const found = sources
      .find(({ rule }) => rule.table === table)
      ?.columns.find((one) => one.name === column);
    // A column that is not there is refused for that.
    if (found === undefined) return [];
    if (givesOf(found.home).some((gives) => gives.target === target)) return [];
    const { conversion } = giver;
    if (conversion.kind === 'unless' && !isPrinted(conversion.is, found.type))
      return [
        {
          code: 'no-conversion',
          message: `${table}.${column} is of type ${found.type.name}, which prints no value as "${conversion.is}": it would be no default of any row.`,
          next: "Write it in unlessIs() as the column prints it, such as '0.00'.",
        },
      ];
    return [
      {
        code: 'no-conversion',
        message: `${table}.${column} is of type ${found.type.name}, of which no ${type} for ${target} can be made.`,
        next: 'Declare the column with another type or conversion, or leave it out: it is carried verbatim then.',
      },
    ];
  });
}

const ZONED = /^(?:timestamptz|timestamp *(?:\(\d\))? *with time zone)\b/i;
const UNZONED = /^(?:timestamp\b(?!.*with time zone)|date\b)/i;

/** Times without a zone that are to meet moments by a bare cast, which goes by the zone of whoever makes it. */
function zoneless(model: ConsolidationModel, sources: readonly BoundSource[]): Stop[] {
  return goldenOf(model).flatMap(({ name, sqlType, givers }) =>
    givers.flatMap(({ table, conversion }): Stop[] => {
      if (sqlType === null || conversion.kind !== 'computed') return [];
      const { sql } = conversion;
      const column = sources
        .find(({ rule }) => rule.table === table)
        ?.columns.find((one) => ident(one.name) === sql || `"${one.name.replaceAll('"', '""')}"` === sql);
      const from = column?.type.base ?? '';
      const meets =
        (ZONED.test(sqlType) && UNZONED.test(from)) || (UNZONED.test(sqlType) && ZONED.test(from));
      if (column === undefined || !meets) return [];
      return [
        {
          code: 'no-conversion',
          message: `${table}.${column.name} is of type ${column.type.name} and ${name} of type ${sqlType}: between them is a time zone, which nothing says.`,
          next: "Say moment(inZone(column, 'UTC')), or computed() with at time zone.",
        },
      ];
    }),
  );
}

/** Refuses tables without a column that the declaration names: no rule over it can be made. @throws DrydockError `missing-columns` */
export function requireColumns(
  { sources }: ConsolidationModel,
  { stops, tables }: Pick<LegacyDatabase, 'stops' | 'tables'>,
): void {
  // A table that is found in several forms may lack what is said of the others.
  if (!sources.some(({ table }) => tables.get(table)?.shape.name === DECLARED)) return;
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
