import { ident, qualified } from '../../db/identifier.js';
import { asUuid, rawText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyTable } from '../../legacy/detect.js';
import { isPlainText, textIsIn } from '../../mapping/candidates.js';
import type { Wanted } from '../../mapping/wanted.js';
import { timeColumns } from '../../transform/standing.js';
import { bareId, everySpelling } from '../bare-id.js';

/**
 * The submissions that rows are resolved against: relation `s` with id, rid (Reddit's id), canon (id of the oldest
 * row with that Reddit id), oldest (whether this is that row), title, created_at. Materialized, because it is looked
 * up twice: by Reddit id and by uuid.
 */
export interface Submissions {
  readonly with: string;
  /**
   * CTEs of what wanted submissions are called: `wanted_rids`, the Reddit ids, and `other_ids`, the uuids of rows that
   * share one of these ids with a wanted row, and whose rows have its key therefore.
   */
  wanted(wanted: Wanted): readonly string[];
  /**
   * CTEs that end with `s`, with every submission that some rows name, and whoever shares a Reddit id with one.
   *
   * @param names a query of what they name, as (uuid, Reddit id)
   */
  reached(names: string): readonly string[];
  /** Whether a raw column of rows `r` holds, without a prefix, the Reddit id of a submission; false where that is not sure. */
  knowsAsWritten(table: LegacyTable, column: string): string;
  /**
   * A query for the ids among some bare ones, given by a query, that are no uuids and surely those of a submission: it
   * has the id without a prefix.
   */
  knownOf(bareIds: string): string;
}

const NOBODY =
  's as (select null::uuid as id, null::text as rid, null::uuid as canon, false as oldest, null::text as title, null::timestamptz as created_at where false)';

export function submissionsOf(table: LegacyTable | undefined): Submissions {
  if (table === undefined) {
    return {
      with: `with ${NOBODY}`,
      wanted: () => [
        'wanted_rids as (select null::text as rid where false)',
        'other_ids as (select null::uuid as id where false)',
      ],
      reached: () => [NOBODY],
      knowsAsWritten: () => 'false',
      knownOf: () => 'select null::text as rid where false',
    };
  }
  const relation = `${qualified(table.schema, table.name)} b`;
  const column = redditId(table);
  const raw = rawText(`b.${ident(column)}`);
  const bare = bareId(raw);
  const type = (name: string) => columnOf(table, name)?.type;
  const id = asUuid('b.id', type('id')?.kind ?? '');
  const createdAt = timeColumns(table, ['created_at']).length > 0 ? 'b.created_at' : 'null';
  // `offset 0` keeps the planner from writing the expressions of rid into every place that uses it.
  const rows = (where: string) =>
    `select ${id} as id, ${bare} as rid, b.title::text as title, ${createdAt}::timestamptz as created_at from ${relation} ${where} offset 0`;
  const first = 'first_value(b.id) over (partition by b.rid order by b.created_at nulls last, b.id)';
  const canonical = (where: string) =>
    `s as materialized (select c.*, c.canon = c.id as oldest from (select b.*, case when b.rid is null then b.id else ${first} end as canon from (${rows(where)}) b) c)`;
  const hasRid = (query: string) => textIsIn(table, 'b', column, everySpelling(query));
  return {
    with: `with ${canonical('')}`,
    wanted: (wanted) => [
      `wanted_rids (rid) as materialized (select ${bare} from ${relation} where ${wanted.hasUuid(id)})`,
      `other_ids as materialized (select ${id} as id from ${relation} where ${hasRid('select rid from wanted_rids')} and not ${wanted.hasUuid(id)})`,
    ],
    reached: (names) => [
      `names (id, rid) as materialized (${names})`,
      `rids as materialized (select rid from names union select ${bare} from ${relation} where b.id = any (array(select id from names)))`,
      // A Reddit id of which not all rows are here is one that no row names.
      canonical(`where b.id = any (array(select id from names)) or ${hasRid('select rid from rids')}`),
    ],
    knownOf: (bareIds) =>
      `select ${raw} as rid from ${relation} where ${textIsIn(table, 'b', column, bareIds)} and ${isOwnBareId(raw)}`,
    knowsAsWritten(of, name) {
      const types = [columnOf(table, column)?.type, columnOf(of, name)?.type];
      // Compared in the order of their indexes, which both have to have in common.
      if (!types.every((type) => type !== undefined && isPlainText(type) && type.collation === null))
        return 'false';
      const text = `r.${ident(name)}::text`;
      return `exists (select from ${relation} where b.${ident(column)}::text = ${text} and ${isOwnBareId(text)})`;
    },
  };
}

/** No uuid, and its own bare id: then a submission that has this text has this id. */
function isOwnBareId(text: string): string {
  return `length(${text}) <> 36 and ${bareId(text)} = ${text}`;
}

/** The column that holds Reddit's id. */
export function redditId(table: LegacyTable): string {
  return table.shape.name === 'A' ? 'reddit_id' : 'submission_id';
}
