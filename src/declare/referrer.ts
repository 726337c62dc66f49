import type { ReferrerRule } from '../mapping/referrer.js';
import { modelOf, type SourceHandle } from './column.js';
import type { ConsolidationModel } from './model.js';
import { refuse, refuseUnknown } from './refuse.js';

/**
 * What becomes of the rows of an outside table that name rows of sources, when the consolidation is completed.
 *
 *   winner  those that name a folded duplicate name the row that won over it; the others stay
 *   id      all of them name the unified row, by its `id`
 *   left    nothing: they go on naming what the views under the old names show
 */
export type Becomes = ReferrerRule['becomes'];

/** How an outside table names rows. `Name` are the columns that hold the identity, one by one. */
export interface ReferrerOptions {
  /** The columns that hold the identity of the row that is named, in its order. */
  readonly by: readonly string[];
  /** The source whose rows are named; or, where another column says which table is meant, the source of each word of that. */
  readonly names: SourceHandle | Readonly<Record<string, SourceHandle>>;
  /** The column with these words. Left out: all rows name one source. */
  readonly type?: string;
  /** Default `winner`. */
  readonly becomes?: Becomes;
  /** The word that rows get which come to name a unified row. It has to be said where there are words and they become `id`. */
  readonly as?: string;
  /** Where the table is. Default: the schema of the command. */
  readonly schema?: string;
}

/** An outside table that names rows of sources, without a foreign key that says so. */
export interface Referrer {
  /** What was declared, for the engine. */
  readonly model: ReferrerRule;
}

const OPTIONS = ['by', 'names', 'type', 'becomes', 'as', 'schema'];
const BECOMES: readonly Becomes[] = ['winner', 'id', 'left'];

/**
 * An outside table whose rows name rows of sources by a column, or by two of which one says the table:
 * `referrer('audit_log', { by: ['customer_id'], names: shop })`,
 * `referrer('comments', { type: 'about_type', by: ['about_id'], names: { Customer: shop, Person: crm } })`.
 * A foreign key needs no such word: it is found.
 *
 * @param table - its name, without a schema
 */
export function referrer(table: string, options: ReferrerOptions): Referrer {
  const of = `Referrer ${table}`;
  refuseUnknown(of, options, OPTIONS);
  const { by, names, type, becomes = 'winner', as, schema } = options;
  if (!Array.isArray(by) || by.length === 0)
    refuse(
      `${of} names rows by no column.`,
      'Name the columns that hold the identity of the row that is meant.',
    );
  if (!BECOMES.includes(becomes))
    refuse(`${of} cannot become "${becomes}".`, `It is one of ${BECOMES.join(', ')}.`);
  const byWord = type === undefined ? [['', names as SourceHandle] as const] : Object.entries(names);
  if (byWord.length === 0) refuse(`${of} names no source.`, 'Say which word means which source.');
  if (type !== undefined && becomes === 'id' && as === undefined)
    refuse(`${of} does not say the word for unified rows.`, `Say it: as: 'Customer'.`);
  if (as !== undefined && (type === undefined || becomes !== 'id'))
    refuse(
      `${of} has a word for unified rows, and gets none.`,
      `Leave as out, or say type and becomes: 'id'.`,
    );
  const found = byWord.map(([word, source]) => [word, modelOf(source)] as const);
  for (const [, { table: named, identity }] of found)
    if (identity.length !== by.length || (becomes === 'id' && by.length !== 1))
      refuse(
        `${of} names rows by ${by.join(', ')}; those of ${named} are told apart by ${identity.join(', ')}.`,
        becomes === 'id'
          ? 'Only one column can hold an id.'
          : 'Name a column for each of them, in that order.',
      );
  return {
    model: {
      table,
      schema: schema ?? null,
      type: type ?? null,
      columns: by,
      names: new Map(found.map(([word, source]) => [word, source.table])),
      becomes,
      as: as ?? null,
    },
  };
}

/** What is named has to be listed, and a table is named once by one column. */
export function checkReferrers({ referrers, sources, name }: ConsolidationModel): void {
  const seen = new Set<string>();
  for (const { table, columns, names } of referrers) {
    for (const named of names.values())
      if (!sources.some((source) => source.table === named))
        refuse(
          `Referrer ${table} names rows of ${named}, which is no source of ${name}.`,
          'List that source, too.',
        );
    if (sources.some((source) => source.table === table))
      refuse(
        `Referrer ${table} is a source of ${name}.`,
        'Declare how its rows find what they point to: via() in its ladder.',
      );
    const key = [table, ...columns].join('.');
    if (seen.has(key))
      refuse(`Referrer ${table} is declared twice by ${columns.join(', ')}.`, 'Declare it once.');
    seen.add(key);
  }
}
