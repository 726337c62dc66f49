import type { CheckedBackup } from '../backup/check.js';
import type { ManifestTable } from '../backup/manifest.js';
import { compareRows } from '../backup/restore.js';
import { hashTable } from '../backup/save-table.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { type CatalogTable, readTable } from '../legacy/catalog.js';
import type { MovedTables } from '../legacy/moved.js';
import type { PutBack } from '../reports/full-rollback.js';
import { requireNobodyElse } from './others-rows.js';
import type { SavedTable } from './scope.js';
import { bringRows, removeRows, type Staged, stageRows } from './staged.js';
import { withoutForeignKeys } from './without-foreign-keys.js';
import { withoutTriggers } from './without-triggers.js';

/** What it takes to have a table as the backup has it. Only reads. */
export async function compare(
  session: Session,
  { file, home }: SavedTable,
  moved: MovedTables,
): Promise<PutBack> {
  const away = [...moved.values()].find((one) => one.name === file.name && one.home === home);
  const about = { schema: home, table: file.name, rows: file.rows };
  const table = await readTable(session, away?.schema ?? home, file.name);
  if (table === undefined || away?.dropped === true) return { ...about, outcome: 'made', rowsBefore: 0 };
  await requireColumns(session, table, file);
  const { rows, hash } = await hashTable(session, table);
  return { ...about, outcome: hash === file.hash && rows === file.rows ? 'same' : 'rows', rowsBefore: rows };
}

/**
 * Makes the rows of the tables that are there those of the backup, in the caller's transaction. Tables, and what hangs on
 * them, stay; rows that are the same are not touched, so that nothing cascades from them.
 */
export async function putRowsBack(
  session: Session,
  backup: CheckedBackup,
  saved: readonly SavedTable[],
): Promise<{ readonly tables: readonly PutBack[]; readonly warnings: readonly string[] }> {
  const found: PutBack[] = [];
  for (const one of saved) found.push(await compare(session, one, new Map()));
  const staged: Staged[] = [];
  for (const [at, one] of saved.entries()) {
    if (found[at]?.outcome === 'rows') staged.push(await stageRows(session, backup, one));
  }
  await requireNobodyElse(session, staged);
  const warnings = await withoutForeignKeys(session, staged, () =>
    withoutTriggers(session, staged, async () => {
      for (const one of staged) await removeRows(session, one);
      for (const one of staged) await bringRows(session, one);
    }),
  );
  for (const { file, home } of staged)
    await compareRows(session, { schema: home, name: file.name }, file, 'hash');
  return { tables: found, warnings };
}

/** A table that got, or lost, a column since has rows that the backup cannot give back. */
async function requireColumns(session: Session, { oid }: CatalogTable, file: ManifestTable): Promise<void> {
  const rows = await session.query(
    `select a.attname as name from pg_attribute a
     where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`,
    [oid],
  );
  const now = rows.map(({ name }) => String(name));
  const missing = file.columns.filter((name) => !now.includes(name));
  const more = now.filter((name) => !file.columns.includes(name));
  if (missing.length === 0 && more.length === 0) return;
  const names = [...missing, ...more].join(', ');
  throw new DrydockError({
    code: 'other-columns',
    what: `Table ${file.name} has other columns than in the backup: ${names}.`,
    state: 'Nothing was rolled back.',
    next: 'Give the table the columns that it had, or restore beside it: drydock restore --into SCHEMA.',
  });
}
