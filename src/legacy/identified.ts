import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { Stop } from '../reports/plan.js';
import { type CatalogTable, columnOf, isUniqueKey } from './catalog.js';
import type { TableRule } from './table-rule.js';

/** What keeps ids from naming one row each, where they have to. */
export async function unclearIds(
  session: Session,
  table: CatalogTable,
  { namedById }: TableRule,
): Promise<Stop[]> {
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
  if (!(await repeatsIds(session, table))) return [];
  return [
    {
      code: 'no-unique-id',
      message: `Table ${name} and the tables that inherit from it hold rows with the same id, or with none.`,
      next: 'Give each row an id of its own: rows are told apart by it.',
    },
  ];
}

/** An index of the table does not hold what stands in those that inherit from it. */
async function repeatsIds(session: Session, { schema, name }: CatalogTable): Promise<boolean> {
  const { repeats } = await session.one(
    `select exists (select from ${qualified(schema, name)} r group by r.id having count(*) > 1 or r.id is null)::text as repeats`,
  );
  return repeats === 'true';
}
