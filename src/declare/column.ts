import type { SourceModel } from './model.js';

declare const VALUE: unique symbol;
const MODEL: unique symbol = Symbol('model of a source');

/** A column of a source; `T` is what its values are, `null` left aside. */
export interface Column<T = unknown> {
  /** Name of its table. */
  readonly table: string;
  /** Its own name. */
  readonly column: string;
  /** Only there for the compiler. */
  readonly [VALUE]?: T;
}

/**
 * The columns of a table by name, as an application's types say them: `string` for texts, enums and uuids, `number` for every
 * numeric type, `boolean`, `Date` for dates and times, anything else for json, arrays and the rest.
 */
export type AnyRow = object;

/** Names of a row type's columns. */
export type NamesOf<Row extends AnyRow> = keyof Row & string;

/** A source, by whose members its columns are named: `shop.email`. */
export type Source<Row extends AnyRow = Record<string, never>> = {
  readonly [Name in NamesOf<Row>]: Column<Exclude<Row[Name], null | undefined>>;
} & SourceHandle;

/** What every source is, whatever its columns are called. */
export interface SourceHandle {
  /** What was declared, for the engine. */
  readonly [MODEL]: SourceModel;
}

/** A source's handle: each member that is asked of it is a column. */
export function sourceOf<Row extends AnyRow>(model: SourceModel): Source<Row> {
  return new Proxy({} as Source<Row>, {
    get(_target, name) {
      if (name === MODEL) return model;
      return typeof name === 'string' ? { table: model.table, column: name } : undefined;
    },
  });
}

/** What a source was declared to be. */
export function modelOf(source: SourceHandle): SourceModel {
  return source[MODEL];
}
