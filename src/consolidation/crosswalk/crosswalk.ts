import { ident, qualified } from '../../db/identifier.js';
import type { ConsolidationModel, CrosswalkModel } from '../../declare/model.js';
import { asUuid, rawText } from '../../keys/raw-id.js';
import { type CatalogTable, columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import { isPlainText, textIsIn } from '../../mapping/candidates.js';
import type { Wanted } from '../../mapping/wanted.js';
import { timeColumns } from '../../transform/standing.js';
import { type Spellings, spellingsOf } from './spellings.js';
import { crosswalkIn, type Use, usesOf } from './uses.js';

/**
 * The rows of the crosswalk that others are resolved against: relation `s` with id, rid (the bare alias), canon (id of the
 * oldest row with that alias), oldest (whether this is that row), and the columns that are used. Materialized, because it is
 * looked up twice: by alias and by uuid.
 */
export interface Known {
  readonly model: CrosswalkModel;
  readonly table: LegacyTable | undefined;
  readonly spellings: Spellings;
  /** Columns of `s` behind the first four, by the name that they have there. */
  readonly columns: readonly { readonly name: string; readonly type: 'text' | 'timestamptz' }[];
  readonly with: string;
  /**
   * CTEs of what wanted rows are called: `wanted_rids`, the aliases, and `other_ids`, the uuids of rows that share one of
   * these aliases with a wanted row, and whose rows have its key therefore.
   */
  wanted(wanted: Wanted): readonly string[];
  /**
   * CTEs that end with `s`, with every row that some rows name, and whoever shares an alias with one.
   *
   * @param names a query of what they name, as (uuid, bare alias)
   */
  reached(names: string): readonly string[];
  /** Whether a raw column of rows `r` holds, without a prefix, the alias of a row; false where that is not sure. */
  knowsAsWritten(table: LegacyTable, column: string): string;
  /**
   * A query for the ids among some bare ones, given by a query, that are no uuids and surely those of a row: it has the
   * alias without a prefix.
   */
  knownOf(bareIds: string): string;
}

/** Names in `s` that are not those of columns. */
const TAKEN: readonly string[] = ['id', 'rid', 'canon', 'oldest'];

export const valueName = (column: string) => ident(TAKEN.includes(column) ? `${column}_` : column);

/** The column that holds the alias in a table as it is found. */
export function aliasOf({ alias, variants }: CrosswalkModel, { shape }: Pick<LegacyTable, 'shape'>): string {
  const found = variants.find(({ name }) => name === shape.name)?.alias ?? alias;
  if (found === null) throw new Error(`the alias of form ${shape.name} is not known`);
  return found;
}

/** The columns of `s` beside the first four: those that are used, and the time by which the oldest row is found. */
function columnsOf({ oldest }: CrosswalkModel, uses: readonly Use[]): Known['columns'] {
  const texts = uses.filter(({ kind }) => kind === 'text').map(({ column }) => column);
  const times = [oldest, ...uses.filter(({ kind }) => kind === 'time').map(({ column }) => column)];
  return [
    ...[...new Set(texts)].map((name) => ({ name, type: 'text' as const })),
    ...[...new Set(times)].map((name) => ({ name, type: 'timestamptz' as const })),
  ];
}

export function knownIn(model: ConsolidationModel, legacy: LegacyDatabase): Known {
  const crosswalk = crosswalkIn(model);
  const table = legacy.tables.get(crosswalk.table);
  const spellings = spellingsOf(crosswalk.prefixes);
  const columns = columnsOf(crosswalk, usesOf(model));
  const base = { model: crosswalk, table, spellings, columns };
  return table === undefined ? { ...base, ...nobody(columns) } : { ...base, ...somebody(table, base) };
}

type Queries = Omit<Known, 'model' | 'table' | 'spellings' | 'columns'>;

function nobody(columns: Known['columns']): Queries {
  const values = columns.map(({ name, type }) => `, null::${type} as ${valueName(name)}`).join('');
  const s = `s as (select null::uuid as id, null::text as rid, null::uuid as canon, false as oldest${values} where false)`;
  return {
    with: `with ${s}`,
    wanted: () => [
      'wanted_rids as (select null::text as rid where false)',
      'other_ids as (select null::uuid as id where false)',
    ],
    reached: () => [s],
    knowsAsWritten: () => 'false',
    knownOf: () => 'select null::text as rid where false',
  };
}

function somebody(
  table: LegacyTable,
  { model, spellings, columns }: Pick<Known, 'model' | 'spellings' | 'columns'>,
): Queries {
  const relation = `${qualified(table.schema, table.name)} b`;
  const column = aliasOf(model, table);
  const raw = rawText(`b.${ident(column)}`);
  const bare = spellings.bare(raw);
  const type = (name: string) => columnOf(table, name)?.type;
  const named = `b.${ident(model.id)}`;
  const id = asUuid(named, type(model.id)?.kind ?? '');
  const values = columns.map(({ name, type: as }) => `${valueIn(table, name, as)} as ${valueName(name)}`);
  const oldest = `b.${valueName(model.oldest)}`;
  // `offset 0` keeps the planner from writing the expressions of rid into every place that uses it.
  const rows = (where: string) =>
    `select ${[`${id} as id`, `${bare} as rid`, ...values].join(', ')} from ${relation} ${where} offset 0`;
  const first = `first_value(b.id) over (partition by b.rid order by ${oldest} nulls last, b.id)`;
  const canonical = (where: string) =>
    `s as materialized (select c.*, c.canon = c.id as oldest from (select b.*, case when b.rid is null then b.id else ${first} end as canon from (${rows(where)}) b) c)`;
  const hasRid = (query: string) => textIsIn(table, 'b', column, spellings.every(query));
  const isOwnBareId = (text: string) => `length(${text}) <> 36 and ${spellings.bare(text)} = ${text}`;
  return {
    with: `with ${canonical('')}`,
    wanted: (wanted) => [
      `wanted_rids (rid) as materialized (select ${bare} from ${relation} where ${wanted.hasUuid(id)})`,
      `other_ids as materialized (select ${id} as id from ${relation} where ${hasRid('select rid from wanted_rids')} and not ${wanted.hasUuid(id)})`,
    ],
    reached: (names) => [
      `names (id, rid) as materialized (${names})`,
      `rids as materialized (select rid from names union select ${bare} from ${relation} where ${named} = any (array(select id from names)))`,
      // An alias of which not all rows are here is one that no row names.
      canonical(`where ${named} = any (array(select id from names)) or ${hasRid('select rid from rids')}`),
    ],
    knownOf: (bareIds) =>
      `select ${raw} as rid from ${relation} where ${textIsIn(table, 'b', column, bareIds)} and ${isOwnBareId(raw)}`,
    knowsAsWritten(of, name) {
      const types = [type(column), columnOf(of, name)?.type];
      // Compared in the order of their indexes, which both have to have in common.
      if (!types.every((one) => one !== undefined && isPlainText(one) && one.collation === null))
        return 'false';
      const text = `r.${ident(name)}::text`;
      return `exists (select from ${relation} where b.${ident(column)}::text = ${text} and ${isOwnBareId(text)})`;
    },
  };
}

/** A column as it is in `s`: null where the table has none of that kind. */
function valueIn(table: CatalogTable, name: string, type: 'text' | 'timestamptz'): string {
  const isThere =
    type === 'text' ? columnOf(table, name) !== undefined : timeColumns(table, [name]).length > 0;
  return `${isThere ? `b.${ident(name)}` : 'null'}::${type}`;
}
