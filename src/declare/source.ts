import { type AnyRow, type NamesOf, type Source, sourceOf } from './column.js';
import { ITSELF, type Step } from './keys.js';
import type { StepModel, VariantModel, WinnerModel } from './model.js';
import { refuse, refuseUnknown } from './refuse.js';

/**
 * Which of several rows of one source and thing counts: `newest` by its times, `last-updated` by `times.updated` alone,
 * `most-values`, `oldest`, `smallest-identity`. Between equals, the one with more values, then the smaller identity.
 */
export type Winner = WinnerModel['by'];

/** One of the forms that a source is found in: what another version of an application, or another loader, made. */
export interface Variant<Name extends string = string> {
  /** Columns that only this form has: the form counts of which the table has the larger part. */
  readonly tells: readonly Name[];
  /** Columns without which it cannot be used. Any other column may be missing. */
  readonly needs: readonly Name[];
  /** A ladder of its own. */
  readonly match?: readonly Step<Name>[];
}

/** What a legacy table is. */
export interface SourceOptions<Row extends AnyRow> {
  /** Columns that tell its rows apart: they have a unique index or the primary key, and no nulls. */
  readonly identity: readonly NamesOf<Row>[];
  /** A ladder: the first step that gives a row a key counts. A row without one is a thing of its own. */
  readonly match?: readonly Step<NamesOf<Row>>[];
  /**
   * Beside a crosswalk: rows of one key are one thing only where these texts are the same when they are folded: letters of either
   * case, white space, punctuation and forms of Unicode do not count. A list stands for the first of its columns that has a value.
   * The first text is a thing's name.
   */
  readonly distinct?: readonly (NamesOf<Row> | readonly NamesOf<Row>[])[];
  /**
   * Where another source tells things of one key apart: the column, or the first of several with a value, by which rows of this
   * one find theirs, all rows of a key together. Without a thing of that name they belong to the one that was made first; rows
   * that point to a row belong to its thing.
   */
  readonly attach?: NamesOf<Row> | readonly NamesOf<Row>[];
  /** The forms that the table is found in, by name; the likeliest one counts. A column of one form need not be in another. */
  readonly variants?: Readonly<Record<string, Variant<NamesOf<Row>>>>;
  /** Columns that together tell a row where nothing unique does; equal rows may share them. */
  readonly alike?: readonly NamesOf<Row>[];
  /** Names in the unified table of columns that hold the source's own values; the others are made of the prefix. */
  readonly names?: NoInfer<Readonly<Partial<Record<NamesOf<Row>, string>>>>;
  /** Columns with values of its own whose names in the unified table have no prefix. */
  readonly unprefixed?: readonly NamesOf<Row>[];
  /** Columns that are a part of every key and pointer, in an order that all sources share: the tenant. */
  readonly within?: readonly NamesOf<Row>[];
  /** Columns that say when a row was made and changed. */
  readonly times?: {
    /** When a row was made; of several the earliest. */
    readonly created?: readonly NamesOf<Row>[];
    /** When it was last changed; of several the latest. */
    readonly updated?: readonly NamesOf<Row>[];
  };
  /** Default `newest`; of several newest rows, `version` has the highest of a column with versions count: 1.10 is above 1.9. */
  readonly winner?:
    | Winner
    | {
        /** The newest row wins. */
        readonly by: 'newest';
        /** Column with the version. */
        readonly version: NamesOf<Row>;
      };
  /**
   * Its rows are not merged: they are kept whole in the table of duplicates, and summed up in their unified row, by
   * `count()`, `names()`, `newestOf()`, `mean()`. Default: no.
   */
  readonly whole?: boolean;
  /** Begins the names of columns in the unified table that hold this source's own values. Default: the table's name. */
  readonly prefix?: string;
  /** Where the table is. Default: the schema of the command. */
  readonly schema?: string;
  /** The table may be missing in a database: its part stays empty there. Default: where it has variants; else a plan stops, since the name may be misspelt. */
  readonly optional?: boolean;
}

const OPTIONS = [
  'identity', 'match', 'distinct', 'attach', 'variants', 'alike', 'names', 'unprefixed', 'within', 'times', 'winner', 'whole', 'prefix', 'schema', 'optional',
]; // biome-ignore format: a list
const WINNERS: readonly Winner[] = ['newest', 'last-updated', 'most-values', 'oldest', 'smallest-identity'];

/**
 * A legacy table.
 *
 * @param table - its name, without a schema
 * @throws DrydockError `bad-declaration` without an identity, or with a member that sources do not have
 */
export function source<Row extends AnyRow = Record<string, never>>(
  table: string,
  options: SourceOptions<Row>,
): Source<Row> {
  const of = `Source ${table}`;
  refuseUnknown(of, options, OPTIONS);
  refuseUnknown(`times of ${table}`, options.times ?? {}, ['created', 'updated']);
  if (!Array.isArray(options.identity) || options.identity.length === 0)
    refuse(`${of} has no identity.`, 'Name the columns that tell its rows apart.');
  const winner: WinnerModel =
    typeof options.winner === 'object' ? options.winner : { by: options.winner ?? 'newest' };
  if (!WINNERS.includes(winner.by))
    refuse(`${of} knows no winner "${winner.by}".`, `It is one of ${WINNERS.join(', ')}.`);
  if (winner.version !== undefined && winner.by !== 'newest')
    refuse(`${of} has versions, and no newest row.`, "Say { by: 'newest', version: COLUMN }.");
  return sourceOf<Row>({
    table,
    schema: options.schema ?? null,
    prefix: options.prefix ?? table,
    flag: `from_${table}`,
    identity: options.identity ?? [],
    match: (options.match ?? []).map((step) => stepOf(step, table)),
    ...(options.distinct !== undefined && { distinct: options.distinct.map(listOf) }),
    ...(options.attach !== undefined && { attach: listOf(options.attach) }),
    variants: Object.entries(options.variants ?? {}).map(([name, variant]) =>
      variantOf(name, variant, table),
    ),
    alike: options.alike ?? [],
    names: new Map([
      ...(options.unprefixed ?? []).map((column) => [column, column] as const),
      ...Object.entries<string | undefined>(options.names ?? {}).flatMap(namesOf),
    ]),
    within: options.within ?? [],
    times: { created: options.times?.created ?? [], updated: options.times?.updated ?? [] },
    winner,
    ...(options.whole === true && { isWhole: true }),
    ...(options.optional === true && { isOptional: true }),
  });
}

function variantOf(name: string, variant: Variant, table: string): VariantModel {
  const of = `Source ${table}`;
  refuseUnknown(`Variant ${name} of ${of}`, variant, ['tells', 'needs', 'match']);
  if (variant.tells.length === 0)
    refuse(`Nothing tells variant ${name} of ${of}.`, 'Name a column that only this form has.');
  return {
    name,
    tells: variant.tells,
    needs: variant.needs,
    match: variant.match?.map((step) => stepOf(step, table)) ?? null,
  };
}

function stepOf({ model }: Step, table: string): StepModel {
  return model.kind === 'through' && model.table === ITSELF ? { ...model, table } : model;
}

function listOf(columns: string | readonly string[]): readonly string[] {
  return typeof columns === 'string' ? [columns] : columns;
}

const namesOf = ([column, name]: readonly [string, string | undefined]) =>
  name === undefined ? [] : [[column, name] as const];
