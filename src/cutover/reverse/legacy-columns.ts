import { ident, literal, qualified } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';
import { isTrusted, ME } from '../../db/trusted-role.js';
import { typeParts } from '../../db/type-parts.js';
import { columnOf, isIdentity } from '../../legacy/catalog.js';
import { LEGACY_SCHEMA } from '../../legacy/moved.js';
import type { BoundSource } from '../../mapping/bind.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import type { Executor } from './executors.js';

/** A legacy column as one writes to it. */
export interface LegacyColumn {
  readonly bound: BoundColumn;
  /** What the table fills in where nothing is given, as SQL; null: nothing. */
  readonly default: string | null;
  /** The table refuses a null. */
  readonly notNull: boolean;
  /** The default of a shared column, as the server prints it; null: it has none, or it is no constant. */
  readonly constant: string | null;
  /** Postgres computes it, and takes no value. */
  readonly generated: boolean;
  /** How, as SQL over the bare names of the table's columns; null: it does not, or by code that may not run with our rights. */
  readonly generation: string | null;
  /** Postgres numbers its rows, takes another number of a new row only, and never changes it. */
  readonly numbered: boolean;
  /** Conditions of the table on this column alone, as SQL over the bare column name. */
  readonly checks: readonly string[];
  /** Its type, or one that this is made of, belongs to a role whose code may not run with our rights. */
  readonly isForeign: boolean;
  /** The function that looks at the conditions with the rights of the table's owner; null: whoever asks looks at them. */
  readonly fits: string | null;
}

/** A source as direct writes to the unified tables reach it. */
export interface LegacySide {
  readonly source: BoundSource;
  /** The legacy table where it is after the cutover, for statements. */
  readonly table: string;
  readonly columns: readonly LegacyColumn[];
  /** The columns by which one of its rows is found again; none where there are no such. */
  readonly identity: readonly BoundColumn[];
  /** They name one row; otherwise equal rows may share them, of which any one will do. */
  readonly isUnique: boolean;
  /** Who runs what hangs on the table. */
  readonly executor: Executor;
  /** The function that locks a row with the rights of the table's owner; null: whoever wants it locks it. */
  readonly hold: string | null;
}

const COLUMNS_SQL = `
with recursive part (attnum, oid) as (
  select a.attnum, a.atttypid from pg_attribute a where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped
  union
  select p.attnum, x.oid
  from part p join pg_type t on t.oid = p.oid
  cross join lateral (${typeParts('t')}) x (oid)
)
select a.attname as name,
  exists (select from part p join pg_type t on t.oid = p.oid where p.attnum = a.attnum and not ${isTrusted('t.typowner', ME)})::text as is_foreign, (a.attgenerated <> '')::text as generated,
  (a.attidentity = 'a')::text as numbered,
  case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as generation,
  case
    when a.attgenerated <> '' then null
    when a.attidentity <> '' then (
      select format('nextval(%L::regclass)', format('%I.%I', ${literal(LEGACY_SCHEMA)}, q.relname)) from pg_depend s join pg_class q on q.oid = s.objid
      where s.classid = 'pg_class'::regclass and s.refclassid = 'pg_class'::regclass and s.refobjid = a.attrelid
        and s.refobjsubid = a.attnum and s.deptype = 'i'
    )
    else pg_get_expr(d.adbin, d.adrelid)
  end as default,
  coalesce((
    select json_agg(pg_get_expr(c.conbin, c.conrelid) order by c.conname)
    from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum]
  ), '[]')::text as checks
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped`;

/**
 * Sequences that move with the table when it is moved aside: as defaults print them, and as they are called then. By name,
 * because their oids are others in a copy of the database, and may be those of other sequences.
 */
const SEQUENCES_SQL = `
select format('%L::regclass', s.oid::regclass) as printed, format('%L::regclass', format('%I.%I', ${literal(LEGACY_SCHEMA)}, s.relname)) as kept
from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = $1::text::oid and d.deptype = 'a'`;

export async function readLegacySide(
  session: Session,
  source: BoundSource,
  executor: Executor,
): Promise<LegacySide> {
  const rows = await session.query(COLUMNS_SQL, [source.table.oid]);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const sequences = await session.query(SEQUENCES_SQL, [source.table.oid]);
  const wherever = (value: string) =>
    sequences.reduce(
      (text, { printed, kept }) => text.replaceAll(String(printed), () => String(kept)),
      value,
    );
  const constants = await readConstants(session, source, byName);
  const columns = source.columns.map((bound): LegacyColumn => {
    const row = byName.get(bound.name);
    return {
      bound,
      default: row?.default == null ? null : wherever(row.default),
      notNull: takesNoNull(source, bound),
      constant: constants.get(bound.name) ?? null,
      generated: row?.generated === 'true',
      numbered: row?.numbered === 'true',
      generation: executor.isOurs && row?.is_foreign !== 'true' ? (row?.generation ?? null) : null,
      checks: JSON.parse(String(row?.checks ?? '[]')) as string[],
      isForeign: row?.is_foreign === 'true',
      fits: null,
    };
  });
  const isUnique = isIdentity(source.table, source.rule.identity);
  const named = (names: readonly string[]) => source.columns.filter((column) => names.includes(column.name));
  const loose = named(source.rule.looseIdentity);
  const areThere = loose.length === source.rule.looseIdentity.length;
  const identity = isUnique ? named(source.rule.identity) : areThere ? loose : [];
  const table = qualified(LEGACY_SCHEMA, source.table.name);
  return { source, table, columns, identity, isUnique, executor, hold: null };
}

/** A literal, which no code of anybody's computes. */
const LITERAL = /^(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)(?:::[a-z ]+(?:\(\d+(?:,\d+)?\))?)?$/;

/** The constant defaults of shared columns, as the server prints them. */
async function readConstants(
  session: Session,
  source: BoundSource,
  rows: ReadonlyMap<string | null | undefined, Record<string, string | null>>,
): Promise<ReadonlyMap<string, string>> {
  const asked = source.columns.flatMap((column) => {
    const row = rows.get(column.name);
    if (column.home.kind !== 'golden' || row?.is_foreign === 'true') return [];
    if (row?.default == null || !LITERAL.test(row.default)) return [];
    return [{ name: column.name, sql: `(${row.default})::${column.type.name}::text` }];
  });
  if (asked.length === 0) return new Map();
  const values = await session.one(`select ${asked.map(({ sql }, at) => `${sql} as c${at}`).join(', ')}`);
  return new Map(asked.map(({ name }, at) => [name, String(values[`c${at}`])]));
}

function takesNoNull({ table }: BoundSource, { name }: BoundColumn): boolean {
  return columnOf(table, name)?.notNull === true;
}

/** SQL: whether the table's own conditions on a column take a value. */
export function passesChecks(column: LegacyColumn, value: string): string {
  const { name, type } = column.bound;
  if (column.fits !== null) return `${column.fits}((${value})::${type.name})`;
  if (column.checks.length === 0) return 'true';
  const all = column.checks.map((check) => `coalesce(${check}, true)`).join(' and ');
  return `(select ${all} from (select (${value})::${type.name} as ${ident(name)}) c)`;
}

/** The flag of a source in the unified table, for a row `alias`. */
export function flagOf(side: LegacySide, alias: string): string {
  return side.source.rule.flag === null ? 'false' : `${alias}.${ident(side.source.rule.flag)}`;
}
