import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { readCutoverCatalog } from '../ledger/cutovers.js';
import { consolidationsOf } from '../project/project.js';
import type { PhaseName } from '../reports/target.js';
import type { Context } from '../run/context.js';

/** A foreign key that is taken off for the time of a rollback. */
export interface RestingKey {
  /** Qualified. */
  readonly table: string;
  readonly name: string;
  /** As it is to be afterwards. */
  readonly definition: string;
  readonly comment: string | null;
}

/**
 * Takes off the foreign keys by which other tables name the unified rows since a completion, and gives the rows the ids
 * back that they named before. Gives what the keys were.
 */
export async function foreignKeysOff(
  session: Session,
  { project, schema, entries }: Context,
  names: readonly PhaseName[],
): Promise<RestingKey[]> {
  const keys: RestingKey[] = [];
  for (const { name, mapping } of consolidationsOf(project, names)) {
    const entry = entries.get(name);
    const catalog = entry === undefined ? null : await readCutoverCatalog(session, entry.id);
    if (entry === undefined || catalog === null) continue;
    const { foreignKeysOfOthers = {} } = JSON.parse(catalog) as {
      readonly foreignKeysOfOthers?: Readonly<Record<string, { readonly definition: string }>>;
    };
    const found = await session.query(
      `select c.conname as name, n.nspname as schema, r.relname as table, c.conrelid::regclass || '.' || quote_ident(c.conname) as item,
         obj_description(c.oid, 'pg_constraint') as comment
       from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
       where c.contype = 'f' and c.conparentid = 0 and c.confrelid = to_regclass($1::text)`,
      [qualified(schema, mapping.unified)],
    );
    for (const row of found) {
      const before = foreignKeysOfOthers[String(row.item)];
      if (before === undefined) continue;
      const table = qualified(String(row.schema), String(row.table));
      const key = String(row.name);
      keys.push({ table, name: key, definition: before.definition, comment: row.comment ?? null });
      await session.execute(`alter table ${table} drop constraint ${ident(key)}`);
    }
    await idsBack(session, entry.id);
  }
  return keys;
}

/** A row is known again by its id; who changed it since names what they chose. */
async function idsBack(session: Session, phaseId: number): Promise<void> {
  const columns = await session.query(
    `select distinct r.schema_name, r.table_name, r.column_name from drydock.repointed r
     where r.phase_id = $1::int and r.row_before ? 'id' and to_regclass(format('%I.%I', r.schema_name, r.table_name)) is not null`,
    [phaseId],
  );
  for (const { schema_name: schema, table_name: table, column_name: column } of columns) {
    await session.execute(
      `update ${qualified(String(schema), String(table))} x set ${ident(String(column))} = r.old_id from drydock.repointed r
       where r.phase_id = $1::int and r.schema_name = $2::text and r.table_name = $3::text and r.column_name = $4::text
         and x.id::text = r.row_before ->> 'id' and x.${ident(String(column))} = r.new_id`,
      [phaseId, String(schema), String(table), String(column)],
    );
  }
}

/** Makes the keys as they were. One that rows of today break is there, and not validated: that is told. */
export async function foreignKeysBack(session: Session, keys: readonly RestingKey[]): Promise<string[]> {
  const warnings: string[] = [];
  for (const { table, name, definition, comment } of keys) {
    const plain = definition.replace(/ NOT VALID$/, '');
    const isEnforced = !plain.endsWith(' NOT ENFORCED');
    await session.execute(
      `alter table ${table} add constraint ${ident(name)} ${plain}${isEnforced ? ' not valid' : ''}`,
    );
    if (comment !== null)
      await session.execute(`comment on constraint ${ident(name)} on ${table} is ${literal(comment)}`);
    if (plain !== definition || !isEnforced) continue;
    await session.execute('savepoint validate');
    try {
      await session.execute(`alter table ${table} validate constraint ${ident(name)}`);
      await session.execute('release savepoint validate');
    } catch (error) {
      if (sqlState(error) !== '23503') throw error;
      await session.execute('rollback to savepoint validate');
      warnings.push(
        `Foreign key ${name} of ${table} is not validated: some of its rows name what is not there.`,
      );
    }
  }
  return warnings;
}
