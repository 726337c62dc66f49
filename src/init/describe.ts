import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { type CatalogTable, readTables, type TableName } from '../legacy/catalog.js';

/** A foreign key to another table. */
export interface Reference {
  readonly columns: readonly string[];
  readonly schema: string;
  readonly table: string;
  readonly targets: readonly string[];
}

/** A table as the catalog describes it. */
export interface TableDescription extends CatalogTable {
  /** Counted; of a very large table the server's estimate. */
  readonly rows: number;
  /** The share of it that is read. */
  readonly part: number;
  /** Columns that tell its rows apart: the primary key, or the shortest unique index without nulls; none: null. */
  readonly identity: readonly string[] | null;
  readonly references: readonly Reference[];
  /** Columns that the server works out. */
  readonly generated: readonly string[];
}

/** So many rows of a table are read, of a larger one this share: of what two tables have in common, each shows so much. */
const ROWS_READ = 500_000;
const LEAST_PART = 0.02;
/** Counting more than this takes too long. */
const MOST_COUNTED_BYTES = 8e9;

const LIST_SQL = `
select n.nspname as schema, c.relname as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relkind in ('r', 'p') and not c.relispartition and has_table_privilege(c.oid, 'select')
  and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merge_key' and not a.attisdropped)
order by c.relname collate "C"`;

const DETAIL_SQL = `
select c.oid::text as oid,
  coalesce((
    select json_agg(a.attname order by k.place)
    from pg_index i
    cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where i.indrelid = c.oid and i.indisprimary and k.place <= i.indnkeyatts
  ), '[]')::text as primary_key,
  coalesce((
    select json_agg(a.attname order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attgenerated <> '' and not a.attisdropped
  ), '[]')::text as generated,
  coalesce((
    select json_agg(json_build_object(
      'schema', n.nspname, 'table', t.relname,
      'columns', (select json_agg(a.attname order by k.place) from unnest(f.conkey) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum),
      'targets', (select json_agg(a.attname order by k.place) from unnest(f.confkey) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.attnum)
    ) order by f.conname collate "C")
    from pg_constraint f
    join pg_class t on t.oid = f.confrelid
    join pg_namespace n on n.oid = t.relnamespace
    where f.conrelid = c.oid and f.contype = 'f' and f.conparentid = 0
  ), '[]')::text as foreign_keys
from pg_class c
where c.oid = any (string_to_array($1::text, ',')::oid[])`;

/** The names of a schema's tables that may be read, without those that Drydock has made. */
export async function listTables(session: Session, schema: string): Promise<TableName[]> {
  const rows = await session.query(LIST_SQL, [schema]);
  return rows.map((row) => ({ schema: String(row.schema), name: String(row.name) }));
}

/** The names of all that a schema holds, which a new table cannot have. */
export async function namesIn(session: Session, schema: string): Promise<string[]> {
  const rows = await session.query(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text`,
    [schema],
  );
  return rows.map(({ name }) => String(name));
}

/**
 * Describes tables, in the order in which they are named.
 *
 * @throws DrydockError `not-a-table` where one is not there or is none, `missing-privilege` where it may not be read
 */
export async function describeTables(
  session: Session,
  names: readonly TableName[],
): Promise<TableDescription[]> {
  const found = await readTables(session, names);
  const tables = names.map(({ schema, name }) => {
    const table = found.find((one) => one.schema === schema && one.name === name);
    if (table === undefined || !['r', 'p'].includes(table.kind)) throw noTable(schema, name);
    if (!table.canSelect || table.hidesRows) throw unreadable(table);
    return table;
  });
  const details = await session.query(DETAIL_SQL, [tables.map(({ oid }) => oid).join(',')]);
  const described: TableDescription[] = [];
  for (const table of tables) {
    const detail = details.find(({ oid }) => oid === table.oid);
    const list = <T>(text: string | null | undefined): T[] => JSON.parse(text ?? '[]') as T[];
    const references = list<Reference>(detail?.foreign_keys);
    const rows = await countRows(session, table);
    described.push({
      ...table,
      rows,
      part: Math.min(1, Math.max(LEAST_PART, ROWS_READ / Math.max(1, rows))),
      identity: identityOf(table, list<string>(detail?.primary_key)),
      references,
      generated: list<string>(detail?.generated),
    });
  }
  return described;
}

async function countRows(session: Session, table: CatalogTable): Promise<number> {
  if (table.bytes > MOST_COUNTED_BYTES && table.estimatedRows > 0) return table.estimatedRows;
  const { n } = await session.one(`select count(*) as n from ${qualified(table.schema, table.name)}`);
  return Number(n);
}

function identityOf(table: CatalogTable, primaryKey: readonly string[]): readonly string[] | null {
  if (primaryKey.length > 0) return primaryKey;
  const notNull = (name: string) => table.columns.some((column) => column.name === name && column.notNull);
  const keys = table.uniqueKeys.filter((key) => key.every(notNull));
  const [shortest] = keys.sort((a, b) => a.length - b.length || (a.join() < b.join() ? -1 : 1));
  return shortest ?? null;
}

function noTable(schema: string, name: string): DrydockError {
  return new DrydockError({
    code: 'not-a-table',
    what: `There is no table "${name}" in schema "${schema}".`,
    state: 'The catalog was only read; no file was written.',
    next: 'Check --tables and --schema; views and foreign tables cannot be sources.',
  });
}

function unreadable({ schema, name, canSelect }: CatalogTable): DrydockError {
  return new DrydockError({
    code: canSelect ? 'row-level-security' : 'missing-privilege',
    what: canSelect
      ? `Row-level security hides rows of ${schema}.${name} from this user.`
      : `This user may not select from ${schema}.${name}.`,
    state: 'The catalog was only read; no file was written.',
    next: `Grant select on it${canSelect ? ' to a user who sees all rows' : ''}, or leave it out of --tables.`,
  });
}
