import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { Stop } from '../errors/stop.js';
import { type CatalogTable, columnOf, isIdentity, isUniqueKey } from './catalog.js';
import type { TableRule } from './table-rule.js';

/** What keeps ids from naming one row each, where they have to. */
export async function unclearIds(
  session: Session,
  table: CatalogTable,
  { namedById, identity }: TableRule,
): Promise<Stop[]> {
  if (identity !== undefined) return unclearIdentity(session, table, identity);
  const id = columnOf(table, 'id');
  // Without the column at all, that is what is missing.
  if (id === undefined) return [];
  const name = `${table.schema}.${table.name}`;
  const isUnique = isUniqueKey(table, 'id');
  if (namedById && (id.type.kind !== 'uuid' || !isUnique)) {
    return [
      {
        code: 'no-unique-id',
        message: `Column id of table ${name} is not a uuid with a primary key or a unique index of its own.`,
        next: 'Make it the primary key: other tables name these rows by it.',
      },
    ];
  }
  // What may not be read is refused for that.
  if (!isUnique || !table.hasChildren || !table.canSelect || table.hidesRows) return [];
  if (!(await repeatsIds(session, table, ['id']))) return [];
  return [
    {
      code: 'no-unique-id',
      message: `Table ${name} and the tables that inherit from it hold rows with the same id, or with none.`,
      next: 'Give each row an id of its own: rows are told apart by it.',
    },
  ];
}

/** The same of an identity that was declared. */
async function unclearIdentity(
  session: Session,
  table: CatalogTable,
  identity: readonly string[],
): Promise<Stop[]> {
  // A column that is missing is refused for that, and so is what may not be read.
  if (identity.some((name) => columnOf(table, name) === undefined)) return [];
  const name = `${table.schema}.${table.name}`;
  const columns = identity.join(', ');
  if (!isIdentity(table, identity))
    return [
      {
        code: 'no-unique-id',
        message: `Rows of table ${name} are declared to be told apart by ${columns}, which have no primary key or unique index, or may be null.`,
        next: `Make them a key, or declare another identity: alter table ${name} add primary key (${columns}).`,
      },
    ];
  if (!table.hasChildren || !table.canSelect || table.hidesRows) return [];
  if (!(await repeatsIds(session, table, identity))) return [];
  return [
    {
      code: 'no-unique-id',
      message: `Table ${name} and the tables that inherit from it hold rows with the same ${columns}, or with none.`,
      next: 'Give each row one of its own: rows are told apart by it.',
    },
  ];
}

/** An index of the table does not hold what stands in those that inherit from it. */
async function repeatsIds(
  session: Session,
  { schema, name }: CatalogTable,
  identity: readonly string[],
): Promise<boolean> {
  const columns = identity.map((column) => `r.${ident(column)}`);
  const { repeats } = await session.one(
    `select exists (select from ${qualified(schema, name)} r group by ${columns.join(', ')} having count(*) > 1 or num_nulls(${columns.join(', ')}) > 0)::text as repeats`,
  );
  return repeats === 'true';
}
