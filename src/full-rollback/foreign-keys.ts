import type { Context } from '../context/context.js';
import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { takesNoUncheckedKey } from '../db/unchecked-keys.js';
import { readCutoverCatalog } from '../ledger/cutovers.js';
import { type CatalogColumn, type CatalogTable, isIdentity, readTable } from '../legacy/catalog.js';
import type { MovedTables } from '../legacy/moved.js';
import { typed } from '../mapping/locate.js';
import { consolidationsOf } from '../project/project.js';
import type { PhaseName } from '../reports/phase-name.js';
import { spelled } from '../types/spelling.js';
import { unifiedName } from './names.js';

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
  { names, moved }: { readonly names: readonly PhaseName[]; readonly moved: MovedTables },
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
      [qualified(schema, unifiedName(mapping, moved))],
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

/**
 * A row is known again by its key, or by all that it was where it has none; who changed it since names what they chose. The
 * other way round than they were re-pointed: a key may have more than one such column.
 */
async function idsBack(session: Session, phaseId: number): Promise<void> {
  const found = await session.query(
    `select r.schema_name, r.table_name, array_to_json(r.columns)::text as columns from drydock.repointed r
     where r.phase_id = $1::int group by 1, 2, r.columns order by max(r.id) desc`,
    [phaseId],
  );
  for (const row of found) {
    const table = await readTable(session, String(row.schema_name), String(row.table_name));
    if (table === undefined) continue;
    const pointers = JSON.parse(String(row.columns)) as string[];
    const typedColumn = (name: string) => table.columns.find((column) => column.name === name);
    if (!pointers.every((name) => typedColumn(name) !== undefined)) continue;
    const known = knownBy(table);
    const set = pointers.map(
      (name, at) =>
        `${ident(name)} = ${typed(`r.old_values[${at + 1}]`, typedColumn(name) as CatalogColumn)}`,
    );
    const same = [
      ...pointers.map((name, at) => `${asText(`x.${ident(name)}`)} = r.new_values[${at + 1}]`),
      ...known
        .filter(({ name }) => !pointers.includes(name))
        .map(
          ({ name, type }) =>
            `${spelled(`x.${ident(name)}`, type.hiding)} collate "C" is not distinct from r.row_before ->> ${literal(name)}`,
        ),
    ];
    await session.execute(
      `update ${qualified(table.schema, table.name)} x set ${set.join(', ')} from drydock.repointed r
       where r.phase_id = $1::int and r.schema_name = $2::text and r.table_name = $3::text and r.columns = $4::text[] and ${same.join(' and ')}`,
      [phaseId, table.schema, table.name, `{${pointers.map((name) => JSON.stringify(name)).join(',')}}`],
    );
  }
}

const asText = (value: string) => `(${value})::text collate "C"`;

/** The columns by which a row is known again. */
function knownBy(table: CatalogTable): readonly CatalogColumn[] {
  const key = table.uniqueKeys.find((columns) => isIdentity(table, columns));
  return key === undefined ? table.columns : table.columns.filter(({ name }) => key.includes(name));
}

/** Makes the keys as they were. One that rows of today break is there, and not validated, where the server takes such a key. */
export async function foreignKeysBack(session: Session, keys: readonly RestingKey[]): Promise<string[]> {
  const warnings: string[] = [];
  for (const { table, name, definition, comment } of keys) {
    const plain = definition.replace(/ NOT VALID$/, '');
    const isEnforced = !plain.endsWith(' NOT ENFORCED');
    const add = `alter table ${table} add constraint ${ident(name)} ${plain}`;
    if (await isCheckedAtOnce(session, table)) {
      if (!(await holds(session, add))) {
        warnings.push(
          `Foreign key ${name} of ${table} is not there: some of its rows name what is not there.`,
        );
        continue;
      }
    } else await session.execute(`${add}${isEnforced ? ' not valid' : ''}`);
    if (comment !== null)
      await session.execute(`comment on constraint ${ident(name)} on ${table} is ${literal(comment)}`);
    if (plain !== definition || !isEnforced) continue;
    if (!(await holds(session, `alter table ${table} validate constraint ${ident(name)}`)))
      warnings.push(
        `Foreign key ${name} of ${table} is not validated: some of its rows name what is not there.`,
      );
  }
  return warnings;
}

async function isCheckedAtOnce(session: Session, table: string): Promise<boolean> {
  const { at_once } = await session.one(
    `select ${takesNoUncheckedKey('c')}::text as at_once from pg_class c where c.oid = $1::text::regclass`,
    [table],
  );
  return at_once === 'true';
}

/** Whether the rows of today keep a key: false where they do not, and nothing is changed then. */
async function holds(session: Session, statement: string): Promise<boolean> {
  await session.execute('savepoint validate');
  try {
    await session.execute(statement);
    await session.execute('release savepoint validate');
    return true;
  } catch (error) {
    if (sqlState(error) !== '23503') throw error;
    await session.execute('rollback to savepoint validate');
    return false;
  }
}
