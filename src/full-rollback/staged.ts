import type { CheckedBackup } from '../backup/check.js';
import { fill } from '../backup/restore.js';
import { executorOf, readExecutors } from '../cutover/reverse/executors.js';
import { generatedName, ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { isRowError, type PostgresError, sqlState } from '../db/sqlstate.js';
import { withRole } from '../db/with-role.js';
import { DrydockError } from '../errors.js';
import { type CatalogTable, isUniqueKey, readTable } from '../legacy/catalog.js';
import type { SavedTable } from './scope.js';

/** A table, and the rows of the backup in a temporary one. */
export interface Staged extends SavedTable {
  readonly table: string;
  readonly stage: string;
  /** Who runs what hangs on the table, and so changes its rows. */
  readonly role: string;
  /** The columns by which a row is known again; none where nothing tells rows apart, and all are replaced. */
  readonly key: readonly string[];
}

export async function stageRows(
  session: Session,
  backup: CheckedBackup,
  { file, home }: SavedTable,
): Promise<Staged> {
  const there = await readTable(session, home, file.name);
  const name = generatedName('drydock_backup', file.name);
  const [table, stage] = [qualified(home, file.name), qualified('pg_temp', name)];
  // Of the columns in the file alone, and without what the table has against nulls by now.
  const columns = file.columns.map(ident).join(', ');
  await session.execute(
    `create temp table ${ident(name)} on commit drop as select ${columns} from only ${table} with no data`,
  );
  const role = await roleFor(session, there);
  await session.execute(`grant select, insert on ${stage} to ${ident(role)}`);
  // Its columns have the types of the table, which may be code of the owner as well.
  await withRole(session, role, () => fill(session, backup.directory, { schema: 'pg_temp', name }, file));
  const key = there === undefined ? [] : keyOf(there, file.columns);
  if (key.length > 0) {
    const list = key.map(ident).join(', ');
    await session.execute(`create index on ${stage} (${list}); analyze ${stage} (${list})`);
  }
  return { file, home, table, stage, role, key };
}

async function roleFor(session: Session, table: CatalogTable | undefined): Promise<string> {
  if (table !== undefined) return executorOf(await readExecutors(session, [table]), table).role;
  return String((await session.one('select current_user as me')).me);
}

/** The id, or what else names a row: foreign keys of other tables may name it by that, and cascade from it. */
function keyOf(table: CatalogTable, saved: readonly string[]): readonly string[] {
  if (isUniqueKey(table, 'id')) return ['id'];
  const isSure = (name: string) =>
    saved.includes(name) && table.columns.some((column) => column.name === name && column.notNull);
  return table.uniqueKeys.find((key) => key.every(isSure)) ?? [];
}

/** SQL for whether the backup has the row `t` of the table; as `s` it has to meet a further condition. */
export function inStage({ stage, key }: Staged, further = 'true'): string {
  return `exists (select from ${stage} s where ${sameRow(key)} and ${further})`;
}

function sameRow(key: readonly string[]): string {
  return key.map((column) => `s.${ident(column)} = t.${ident(column)}`).join(' and ');
}

/** Removes what came since the backup. */
export async function removeRows(session: Session, staged: Staged): Promise<void> {
  const gone = staged.key.length === 0 ? '' : ` where not ${inStage(staged)}`;
  await withRole(session, staged.role, () => session.execute(`delete from ${staged.table} t${gone}`));
}

/** Sets back what changed since the backup, and brings what went. */
export async function bringRows(session: Session, staged: Staged): Promise<void> {
  try {
    await withRole(session, staged.role, () => bring(session, staged));
  } catch (error) {
    // What a foreign key refused may have gone meanwhile: the next attempt sees it.
    const refused = isRowError(error) && sqlState(error) !== '23503';
    throw refused ? notTaken(staged, error as PostgresError) : error;
  }
}

async function bring(session: Session, { file, table, stage, key }: Staged): Promise<void> {
  const list = (alias: string) => file.columns.map((column) => `${alias}.${ident(column)}`).join(', ');
  const columns = file.columns.map(ident).join(', ');
  if (key.length > 0) {
    await session.execute(
      `update ${table} t set (${columns}) = row(${list('s')}) from ${stage} s
       where ${sameRow(key)} and row(${list('t')})::record *<> row(${list('s')})::record`,
    );
  }
  const missing = key.length === 0 ? '' : ` where not exists (select from ${table} t where ${sameRow(key)})`;
  await session.execute(
    `insert into ${table} (${columns}) overriding system value select ${list('s')} from ${stage} s${missing}`,
  );
}

/** By what it demands of rows today, or because two rows of it have changed their places under a unique index. */
function notTaken({ file, home }: Staged, error: PostgresError): DrydockError {
  const by = error.constraint ?? error.column;
  return new DrydockError({
    code: 'rows-refused',
    what: `Table ${home}.${file.name} does not take the rows of the backup back${by === undefined ? '' : `, because of ${by}`} (SQLSTATE ${String(error.code)}).`,
    state: 'Nothing was rolled back.',
    next: 'Drop that constraint, roll back, and make it again; or restore beside it: drydock restore --into SCHEMA.',
    detail: error.message,
    cause: error,
  });
}
