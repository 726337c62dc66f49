import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { reportLocks } from '../context/open-ledger.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { cancelWhenStopped } from '../db/cancel.js';
import { withCleanup } from '../db/cleanup.js';
import { connector } from '../db/connect.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { chosenPhases } from '../default-phases.js';
import { DrydockError } from '../errors.js';
import { knowsBackup } from '../ledger/backups.js';
import { ledgerExists } from '../ledger/schema.js';
import { readTable } from '../legacy/catalog.js';
import { requireOptions } from '../reports/options.js';
import type { RestoredTable, RestoreOptions, RestoreReport } from '../reports/restore.js';
import { type CheckedBackup, checkBackup } from './check.js';
import { Digesting } from './digest.js';
import type { ManifestTable } from './manifest.js';
import { Builder } from './restore-objects.js';
import { restoreRights } from './restore-rights.js';
import { type RestoreTarget, requireRoom, targetOf } from './restore-target.js';
import { copyInStatement, copyOutStatement, hashTable } from './save-table.js';

const NOTHING = 'Nothing was restored: all of it is one transaction.';

/**
 * Makes the tables of a backup again, under the names that they had or in another schema, in one transaction. The
 * whole backup is read and compared with its manifest before anything is written, and every table's count and hash
 * are compared before anything is committed.
 *
 * The backup's own functions, defaults, checks and triggers are made as the connected user, and defaults, checks and
 * expressions of indexes run as that user. Only a backup that nobody else can have written is taken.
 *
 * @throws DrydockError
 */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  requireOptions('restore', options);
  const start = performance.now();
  const { signal } = options;
  return stoppable(options, NOTHING, () =>
    withCleanup(async (cleanup) => {
      const info = (message: string) => options.onProgress?.({ type: 'notice', level: 'info', message });
      const backup = await checkBackup(options.from, signal);
      const target = targetOf(backup, options);
      info('The backup is whole, and what its manifest says.');
      const connect = connector(options.databaseUrl, signal);
      reportLocks(connect, options, cleanup);
      const { manifest } = backup;
      const schema = target.into ?? manifest.schema;
      await lockOperator(
        {
          connector: connect,
          allPhases: chosenPhases(options),
          phaseNames: manifest.phases,
          schema,
          signal,
          report: (event) => options.onProgress?.(event),
        },
        'restore',
        cleanup,
      );
      const session = await connect.open(cleanup);
      await cancelWhenStopped(connect, [session], signal, cleanup);
      const { database } = await session.one('select current_database() as database');
      const knownToLedger = (await ledgerExists(session)) && (await knowsBackup(session, manifest.hash));
      const verify = options.verify === true;
      const done = await session.transaction(() => makeAgain(session, backup, target, { verify, info }));
      return {
        database: String(database),
        directory: backup.directory,
        manifestHash: manifest.hash,
        takenAt: manifest.takenAt,
        knownToLedger,
        ...done,
        verified: options.verify === true,
        equal: done.differences.length === 0,
        seconds: secondsSince(start),
      };
    }),
  );
}

/** What was made of a backup, and what could not be as it was. */
type MadeAgain = Pick<RestoreReport, 'tables' | 'differences' | 'warnings'>;

/** Makes the chosen tables of a backup again and compares them with it, in the caller's transaction. */
export async function makeAgain(
  session: Session,
  backup: CheckedBackup,
  target: RestoreTarget,
  { verify, info }: { readonly verify: boolean; info(message: string): void },
): Promise<MadeAgain> {
  const builder = new Builder(session, target);
  await requireRoom(session, backup, target);
  await session.execute(`set local check_function_bodies = off; set local search_path = ${target.path}`);
  await builder.makeTables();
  for (const file of target.files) {
    const table = { schema: target.place.schemaFor(file.schema), name: file.name };
    await fill(session, backup.directory, table, file);
  }
  info('The rows are there; keys, indexes and constraints follow.');
  const roles = new Set(
    (await session.query('select rolname from pg_roles')).map((row) => String(row.rolname)),
  );
  await builder.finishTables(roles);
  const { encoding } = await session.one(`select current_setting('server_encoding') as encoding`);
  const proof = encoding === backup.manifest.encoding ? (verify ? 'both' : 'hash') : 'text';
  const tables: RestoredTable[] = [];
  for (const file of target.files) {
    const table = { schema: target.place.schemaFor(file.schema), name: file.name };
    tables.push(await compareRows(session, table, file, proof));
  }
  const differences = await restoreRights(session, builder, target, roles);
  await session.execute(`set local search_path = pg_catalog, pg_temp`);
  await builder.addOutsideKeys();
  return { tables, differences, warnings: builder.warnings };
}

/** A table by its name. */
interface Named {
  readonly schema: string;
  readonly name: string;
}

/** Copies a file's rows in. What is read is hashed again: a file may have changed since it was checked. */
export async function fill(
  session: Session,
  directory: string,
  table: Named,
  file: ManifestTable,
): Promise<void> {
  const [text, gunzip] = [new Digesting({ countLines: true }), createGunzip()];
  // Whoever reads the last of them gets the error of any.
  pipeline(createReadStream(join(directory, file.file)), gunzip, text, () => undefined);
  let rows: number;
  try {
    rows = await session.copyIn(copyInStatement(table, file.columns), text);
  } catch (error) {
    const state = sqlState(error);
    if (state === undefined || !/^(22|23|42)...$/.test(state)) throw error;
    throw notTaken(table, `the server does not take its rows (SQLSTATE ${state})`, error);
  }
  const { sha256 } = text.result();
  if (rows !== file.rows || sha256 !== file.textSha256) {
    throw notTaken(table, `${rows} rows came out of a file of ${file.rows}, or other ones than were checked`);
  }
}

/**
 * The restored table has to have the hash of the saved one; its text too, where that is asked for; its text alone where the
 * database has another encoding, in which the server hashes other bytes.
 */
export async function compareRows(
  session: Session,
  { schema, name }: Named,
  file: ManifestTable,
  proof: 'hash' | 'text' | 'both',
): Promise<RestoredTable> {
  const table = await readTable(session, schema, name);
  if (table === undefined) throw new Error(`${file.name} was made and is not there`);
  const { rows, hash } = await hashTable(session, table);
  if (rows !== file.rows || (proof !== 'text' && hash !== file.hash)) {
    throw notTaken(table, `it has ${rows} rows with hash ${hash}, not ${file.rows} with ${file.hash}`);
  }
  if (proof !== 'hash') {
    const text = new Digesting({ countLines: true });
    const copy = session.copyOut(copyOutStatement(table, file.columns));
    pipeline(copy, text, () => undefined);
    for await (const _ of text);
    if (text.result().sha256 !== file.textSha256) throw notTaken(table, 'its text is not what was saved');
  }
  return { schema: table.schema, table: table.name, rows, hash };
}

function notTaken(table: Named, why: string, cause?: unknown): DrydockError {
  return new DrydockError({
    code: 'restore-differs',
    what: `Table ${table.schema}.${table.name} did not come back as it was: ${why}.`,
    state: NOTHING,
    next: 'Try another backup, or another server; --verbose shows more.',
    ...(cause === undefined ? {} : { cause }),
  });
}
