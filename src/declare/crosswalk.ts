import type { AnyRow, Column, NamesOf } from './column.js';
import type { Step } from './keys.js';
import type { CrosswalkModel } from './model.js';
import { refuse, refuseUnknown } from './refuse.js';

const MODEL: unique symbol = Symbol('model of a crosswalk');

/** What every crosswalk is, whatever its columns are called. */
export interface CrosswalkHandle {
  /** What was declared, for the engine. */
  readonly [MODEL]: CrosswalkModel;
}

/** A column of a crosswalk, for `.else()`. */
export interface CrosswalkColumn<T = unknown> extends Column<T> {
  /** What was declared, for the engine. */
  readonly of: CrosswalkModel;
}

/** A crosswalk, by whose members its columns are named. */
export type Crosswalk<Row extends AnyRow = Record<string, never>> = {
  readonly [Name in NamesOf<Row>]: CrosswalkColumn<Exclude<Row[Name], null | undefined>>;
} & CrosswalkHandle;

/** One of the forms that a crosswalk is found in. */
export interface CrosswalkVariant<Name extends string = string> {
  /** Columns that only this form has. */
  readonly tells: readonly Name[];
  /** Columns without which it cannot be used. */
  readonly needs: readonly Name[];
  /** The column that holds the alias in this form. */
  readonly alias: Name;
}

/** What a crosswalk is. */
export interface CrosswalkOptions<Row extends AnyRow> {
  /** Its uuid, with the primary key or a unique index of its own: what rows of one thing have in common. */
  readonly id: NamesOf<Row>;
  /** The other name of a row, by which others may name it: a text. With variants it is said there. */
  readonly alias?: NamesOf<Row>;
  /** The forms that the table is found in, by name. */
  readonly variants?: Readonly<Record<string, CrosswalkVariant<NamesOf<Row>>>>;
  /** What may stand before an alias, wherever it is written; the longer of two that begin alike comes first. */
  readonly prefixes?: readonly string[];
  /** When a row was made: of several with one alias the oldest is meant. */
  readonly oldest: NamesOf<Row>;
  /** What one row is called in messages. Default: the table's name. */
  readonly thing?: string;
  /** Where the table is. Default: the schema of the command. */
  readonly schema?: string;
}

const OPTIONS = ['id', 'alias', 'variants', 'prefixes', 'oldest', 'thing', 'schema'];

/**
 * A table that is only read: through it, different spellings of one key are resolved. Rows name its rows by their uuid or by an
 * alias, with or without a prefix; all that name one row are one thing. See {@link resolve}.
 *
 * @param table - its name, without a schema
 * @throws BadDeclarationError without an alias, or with a member that crosswalks do not have
 */
export function crosswalk<Row extends AnyRow = Record<string, never>>(
  table: string,
  options: CrosswalkOptions<Row>,
): Crosswalk<Row> {
  const of = `Crosswalk ${table}`;
  refuseUnknown(of, options, OPTIONS);
  const variants = Object.entries<CrosswalkVariant>(options.variants ?? {});
  for (const [name, variant] of variants)
    refuseUnknown(`Variant ${name} of ${of}`, variant, ['tells', 'needs', 'alias']);
  if ((options.alias === undefined) === (variants.length === 0))
    refuse(
      `${of} has ${variants.length === 0 ? 'no alias' : 'an alias beside those of its variants'}.`,
      'Name the column that holds it: once, or in each variant.',
    );
  const model: CrosswalkModel = {
    table,
    schema: options.schema ?? null,
    id: options.id,
    alias: options.alias ?? null,
    variants: variants.map(([name, { tells, needs, alias }]) => ({ name, tells, needs, alias })),
    prefixes: options.prefixes ?? [],
    oldest: options.oldest,
    thing: options.thing ?? table,
  };
  return new Proxy({} as Crosswalk<Row>, {
    get(_target, name) {
      if (name === MODEL) return model;
      return typeof name === 'string' ? { table, column: name, of: model } : undefined;
    },
  });
}

/** What a crosswalk was declared to be. */
export function crosswalkModel(handle: CrosswalkHandle): CrosswalkModel {
  return handle[MODEL];
}

export function isCrosswalkColumn(column: object): column is CrosswalkColumn {
  return 'of' in column;
}

/** The columns by which rows name a row of a crosswalk; one that the table lacks is left out. */
export interface Naming<Name extends string> {
  /** Columns that hold its uuid; the first that is there counts, and comes before the alias. */
  readonly ids?: readonly Name[];
  /** A column that holds its alias, or its uuid as a text. */
  readonly alias?: Name;
  /** The prefix with which applications nearly always write the alias here. Default: none. */
  readonly written?: string;
}

/**
 * The row is about what the row of a crosswalk is about that it names. What names no row there is one thing with all that name
 * the same.
 *
 * @throws BadDeclarationError where nothing names a row
 */
export function resolve<const Name extends string>(
  handle: CrosswalkHandle,
  { ids = [], alias, written = '' }: Naming<Name>,
): Step<Name> {
  const model = crosswalkModel(handle);
  if (ids.length === 0 && alias === undefined)
    refuse(`Nothing names a row of ${model.table}.`, 'Give resolve() ids, an alias, or both.');
  if (written !== '' && !model.prefixes.includes(written))
    refuse(`"${written}" is no prefix of ${model.table}.`, 'Add it to the prefixes of the crosswalk.');
  return { model: { kind: 'resolve', crosswalk: model, ids, alias: alias ?? null, written } };
}
