import { type AnyRow, type NamesOf, type Source, sourceOf } from './column.js';
import type { Step } from './keys.js';
import type { WinnerModel } from './model.js';
import { refuse, refuseUnknown } from './refuse.js';

/** Which of several rows of one source and thing counts: `newest` by its times, `most-values`, `oldest`, `smallest-identity`. */
export type Winner = WinnerModel['by'];

export interface SourceOptions<Row extends AnyRow> {
  /** Columns that tell its rows apart: they have a unique index or the primary key, and no nulls. */
  readonly identity: readonly NamesOf<Row>[];
  /** A ladder: the first step that gives a row a key counts. A row without one is a thing of its own. */
  readonly match?: readonly Step<NamesOf<Row>>[];
  /** Columns that are a part of every key and pointer, in an order that all sources share: the tenant. */
  readonly within?: readonly NamesOf<Row>[];
  readonly times?: {
    /** When a row was made; of several the earliest. */
    readonly created?: readonly NamesOf<Row>[];
    /** When it was last changed; of several the latest. */
    readonly updated?: readonly NamesOf<Row>[];
  };
  /** Default `newest`. */
  readonly winner?: Winner;
  /** Begins the names of columns in the unified table that hold this source's own values. Default: the table's name. */
  readonly prefix?: string;
  /** Where the table is. Default: the schema of the command. */
  readonly schema?: string;
}

const OPTIONS = ['identity', 'match', 'within', 'times', 'winner', 'prefix', 'schema'];
const WINNERS: readonly Winner[] = ['newest', 'most-values', 'oldest', 'smallest-identity'];

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
  const winner = options.winner ?? 'newest';
  if (!WINNERS.includes(winner))
    refuse(`${of} knows no winner "${winner}".`, `It is one of ${WINNERS.join(', ')}.`);
  return sourceOf<Row>({
    table,
    schema: options.schema ?? null,
    prefix: options.prefix ?? table,
    flag: `from_${table}`,
    identity: options.identity ?? [],
    match: (options.match ?? []).map(({ model }) => model),
    within: options.within ?? [],
    times: { created: options.times?.created ?? [], updated: options.times?.updated ?? [] },
    winner: { by: winner },
  });
}
