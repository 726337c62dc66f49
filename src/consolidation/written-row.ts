import { ident, literal } from '../db/identifier.js';
import type { GiverModel, GoldenModel, SourceModel, TimeModel } from '../declare/model.js';
import type { BoundSource } from '../mapping/bind.js';
import { printed } from '../mapping/conversions/same.js';
import { blankIsNull } from '../mapping/conversions/unless-blank.js';
import type { BoundColumn } from '../mapping/mapping.js';
import { agrees, givenBy } from '../mapping/own-giver.js';
import { fromUnified } from '../mapping/restore.js';
import { ownTarget } from '../mapping/tables.js';
import type { BoundSources } from './keys.js';

/** SQL over the rows `new` and `old` of a direct write: what the legacy rows of them hold. */

export const OLD_NAMES = 'Write it under the old names, where the legacy tables decide.';

/** In brackets: a condition of plpgsql ends at the first bare `then`. */
export const unlessNew = (before: string) => `(case when tg_op = 'UPDATE' then ${before} end)`;

export type Known = BoundSources extends ReadonlyMap<string, infer Source> ? Source : never;
export const flag = ({ flag: name }: SourceModel, row = 'new') => `${row}.${ident(name)}`;

export function columnOf(source: BoundSource, name: string): BoundColumn {
  const column = source.columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`${source.rule.table} has no column ${name}`);
  return column;
}

/** Where the unified table has a value that names rows. */
export function placeOf(column: BoundColumn): string {
  return column.home.kind === 'id' ? 'id' : ownTarget(column);
}

/** A legacy value of the row that is written. */
export const restored = (source: BoundSource, name: string, row = 'new') =>
  fromUnified(source, columnOf(source, name), row);

/** A relation of one row `r` with some legacy columns of the row that is written. */
export function legacyRow(source: BoundSource, names: readonly string[], row = 'new'): string {
  const columns = [...new Set(names)].map((name) => `${restored(source, name, row)} as ${ident(name)}`);
  return `(select ${columns.join(', ')} offset 0) r`;
}

/** Columns that such a time is written to. */
export const timesOf = ({ times }: SourceModel, kind: TimeModel['kind']) =>
  kind === 'earliest' ? times.created : times.updated;

/** Columns that it is found in. */
export const momentsOf = (model: SourceModel, kind: TimeModel['kind']) =>
  kind === 'touched' ? [...new Set([...model.times.created, ...model.times.updated])] : timesOf(model, kind);

export function asMoment(value: string, { type }: BoundColumn): string {
  return type.kind === 'timestamptz' ? `${value}::timestamptz` : `(${value}::timestamp at time zone 'UTC')`;
}

/** What a giver gives that no conversion leads back from; null for one that has such. */
export interface OwnGift {
  /** SQL over the row that is written. */
  readonly value: string;
  /** For a message. */
  readonly name: string;
  /** The value is one of the golden type. */
  readonly isGolden: boolean;
  /** SQL of the golden value that it gives to `new`; null: only a merge knows. */
  readonly given: string | null;
  /** SQL: whether a merge makes this golden value of it. */
  makes(golden: string): string;
}

/** SQL: what is worked out from a source's row. */
function giftOf(name: string, bound: BoundSource, row: 'new' | 'old'): string {
  const sql = bound.rule.gifts?.find((gift) => gift.name === name)?.sql ?? 'null';
  const columns = bound.columns.map((column) => column.name);
  return `(select ${sql} from ${legacyRow(bound, columns, row)})`;
}

export function ownGift(
  { table, column: name, conversion }: GiverModel,
  { bound }: Known,
  golden: GoldenModel,
): OwnGift | null {
  if (conversion.kind === 'computed') {
    const value = giftOf(name, bound, 'new');
    return {
      value,
      name: `columns of ${table}`,
      isGolden: true,
      given: value,
      makes: (one) => `${one}::text is not distinct from (${value})::text`,
    };
  }
  const column = bound.columns.find((one) => one.name === name);
  if (column === undefined || column.home.kind !== 'own') return null;
  const giver = { source: bound, column };
  return {
    value: `new.${ident(ownTarget(column))}`,
    name: ownTarget(column),
    isGolden: false,
    given: givenBy(giver, golden.type),
    makes: (one) => agrees(giver, one),
  };
}

/** What is known of the rows that a direct write changes. */
export interface Written {
  readonly model: SourceModel;
  readonly bound: BoundSource;
  /** SQL: whether the row has this source. */
  flag(row: 'new' | 'old'): string;
  /** SQL: when the source's row was changed last. */
  changedAt(row: 'new' | 'old'): string;
  /** SQL: what the source's giver of a shared column holds, as its own type; null where it gives that column nothing. */
  value(golden: GoldenModel, row: 'new' | 'old'): string | null;
  /** What gives the column its value and has a home of its own; null: none does. */
  own(golden: GoldenModel): OwnGift | null;
}

/** A source as the rules of survivorship look at it. */
export function written(source: Known): Written {
  const { model, bound } = source;
  const time = (kind: TimeModel['kind'], row: 'new' | 'old') => {
    const names = timesOf(model, kind);
    const all = names.map((name) => asMoment(restored(bound, name, row), columnOf(bound, name)));
    return all.length === 0
      ? 'null::timestamptz'
      : `${kind === 'earliest' ? 'least' : 'greatest'}(${all.join(', ')})`;
  };
  const giversOf = ({ givers }: GoldenModel) => givers.filter(({ table }) => table === model.table);
  return {
    model,
    bound,
    flag: (row) => flag(model, row),
    changedAt: (row) => `greatest(${time('earliest', row)}, ${time('latest', row)})`,
    value(golden, row) {
      const values = giversOf(golden).map(({ column, conversion }) => {
        const value =
          conversion.kind === 'computed' ? giftOf(column, bound, row) : restored(bound, column, row);
        const text = `(${value})::text`;
        if (conversion.kind === 'unless') return `nullif(${printed(value)}, ${literal(conversion.is)})`;
        return golden.blankIsNone === true ? blankIsNull(text) : text;
      });
      return values.length === 0 ? null : `coalesce(${values.join(', ')})`;
    },
    own(golden) {
      return giversOf(golden).map((giver) => ownGift(giver, source, golden))[0] ?? null;
    },
  };
}
