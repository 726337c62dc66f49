import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { type Context, openContext } from '../context/context.js';
import { operator } from '../context/operator.js';
import { openReader, type SharedMoment, shareMoment } from '../context/reader.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { inFreshSnapshot } from '../db/fresh-snapshot.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { systemError } from '../errors/system-errors.js';
import { DrydockError } from '../errors.js';
import { recordBackup } from '../ledger/backups.js';
import { readBatches } from '../ledger/batches.js';
import { LEDGER_VERSION, ledgerExists } from '../ledger/schema.js';
import type { BackupOptions, BackupReport } from '../reports/backup.js';
import { requireOptions } from '../reports/options.js';
import { DEFAULTS } from '../reports/target.js';
import type { SchemaFile } from './catalog/document.js';
import { readSchema } from './catalog/read.js';
import { checkBackup } from './check.js';
import { type Staging, stage, writeDurably } from './directory.js';
import {
  HEAD,
  MANIFEST_FILE,
  type ManifestBody,
  type ManifestTable,
  SCHEMA_FILE,
  sealManifest,
} from './manifest.js';
import { dumpDefinitions, type PgDump } from './pg-dump.js';
import { saveTable } from './save-table.js';
import { findScope, lockScope, type ScopedTable } from './scope.js';
import { GIVEN_UP } from './states.js';

/** What `pg_dump` writes, where there is one. */
const SCRIPT_FILE = 'schema.sql';

/**
 * Writes every table that the phases touch into a new directory, all of one snapshot, with what is needed to make them
 * again. The directory gets its name only after every file of it was read back and compared.
 *
 * @throws DrydockError
 */
export async function backup(options: BackupOptions): Promise<BackupReport> {
  requireOptions('backup', options);
  const start = performance.now();
  return stoppable(options, { none: GIVEN_UP, rest: 'The ledger may not know of it.' }, (done) =>
    withCleanup(async (cleanup) => {
      const staging = await stage(options.to, cleanup);
      for (const message of staging.notices) {
        options.onProgress?.({ type: 'notice', level: 'warn', message });
      }
      const context = await openContext(options, cleanup);
      const saved = await inFreshSnapshot(options.signal, async (attempt) => {
        await staging.empty();
        return save(context, attempt, staging, options);
      });
      const { manifest } = await checkBackup(staging.path, options.signal);
      context.report({
        type: 'notice',
        level: 'info',
        message: 'Every file was read back, and is what was written.',
      });
      await staging.finish();
      done(`The backup is complete, in ${staging.target}.`);
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      const recorded = !context.isStandby && (await ledgerExists(context.session));
      if (recorded) {
        const entry = {
          directory: staging.target,
          host: hostname(),
          manifestHash: manifest.hash,
          takenAt: manifest.takenAt,
          rows,
        };
        await recordBackup(context.session, context.schema, context.phaseNames, entry, operator());
      }
      return {
        database: context.database,
        schema: context.schema,
        phases: context.phaseNames,
        directory: staging.target,
        takenAt: manifest.takenAt,
        tables: manifest.tables.map(({ schema, name, part, rows, bytes, textBytes, hash }) => ({
          ...{ schema, table: name, part, rows, bytes, textBytes, hash },
        })),
        bytes: [...manifest.tables, ...manifest.files].reduce((sum, file) => sum + file.bytes, 0),
        manifestHash: manifest.hash,
        pgDump: saved.pgDump.written ? { file: SCRIPT_FILE } : { left: saved.pgDump.left },
        notCarried: saved.schema.notCarried,
        recorded,
        standby: context.isStandby,
        seconds: secondsSince(start),
      };
    }).catch((error: unknown) => {
      throw systemError(error, GIVEN_UP, options.to) ?? error;
    }),
  );
}

/** Writes everything, the manifest last. */
async function save(
  context: Context,
  cleanup: Cleanup,
  staging: Staging,
  options: BackupOptions,
): Promise<{ readonly pgDump: PgDump; readonly schema: SchemaFile }> {
  const { signal } = options;
  const first = await openReader(context, cleanup);
  const scope = await lockTables(first, context);
  const about = await first.one(
    `select now()::text as taken_at, pg_current_snapshot()::text as visible, current_setting('server_version_num') as number,
       current_setting('server_encoding') as encoding`,
  );
  const moment = await shareMoment(context, first);
  const schema = await readSchema(
    first,
    scope.map(({ table }) => table.oid),
  );
  await writeDurably(join(staging.path, SCHEMA_FILE), `${JSON.stringify(schema, null, 1)}\n`);
  const tables = await saveTables(
    context,
    cleanup,
    { first, moment, scope, schema, directory: staging.path },
    options,
  );
  const serverNumber = Number(about.number);
  const pgDump = await dumpDefinitions({
    path: join(staging.path, SCRIPT_FILE),
    tables,
    snapshot: moment.snapshot,
    connection: context.connector.environment(),
    serverNumber,
    signal,
  });
  const ledger = await ledgerFacts(first, context);
  const sealed = sealManifest({
    ...HEAD,
    database: context.database,
    server: context.server,
    serverNumber,
    encoding: String(about.encoding),
    takenAt: String(about.taken_at),
    snapshot: String(about.visible),
    schema: context.schema,
    appSchema: context.legacy.appSchema,
    phases: [...context.phaseNames],
    ledger,
    tables,
    files: [
      await describeFile(staging.path, SCHEMA_FILE),
      ...(pgDump.written ? [await describeFile(staging.path, SCRIPT_FILE)] : []),
    ],
  });
  await writeDurably(join(staging.path, MANIFEST_FILE), sealed.text);
  return { pgDump, schema };
}

/**
 * Locks the tables against being changed or dropped, and only then lets the transaction take its snapshot: what the
 * catalog says and what the tables hold are of one moment.
 */
async function lockTables(session: Session, context: Context): Promise<ScopedTable[]> {
  return withRetry(
    async () => {
      await session.rollback();
      const seen = await findScope(context.session, context);
      await session.begin('repeatable read', 'read only');
      await lockScope(session, seen);
      const scope = await findScope(session, context);
      const oids = (tables: readonly ScopedTable[]) => tables.map(({ table }) => table.oid).join();
      if (oids(scope) === oids(seen)) return scope;
      throw new DrydockError({
        code: 'tables-changed',
        what: 'Tables were made or dropped while the backup began.',
        state: GIVEN_UP,
        next: 'Give the same command again.',
      });
    },
    { signal: context.signal },
  );
}

async function saveTables(
  context: Context,
  cleanup: Cleanup,
  from: {
    readonly first: Session;
    readonly moment: SharedMoment;
    readonly scope: readonly ScopedTable[];
    readonly schema: SchemaFile;
    readonly directory: string;
  },
  options: BackupOptions,
): Promise<ManifestTable[]> {
  const { first, moment, scope, schema, directory } = from;
  const asked = moment.snapshot === null ? 1 : (options.concurrency ?? DEFAULTS.concurrency);
  const lanes = Math.min(asked, scope.length);
  const free: Session[] = [first];
  while (free.length < lanes) free.push(await moment.further(cleanup));
  const limit = pLimit(lanes);
  // When one fails, those under way are ended too, before their files are removed.
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const work = scope.map((scoped, at) =>
    limit(async () => {
      signal.throwIfAborted();
      const session = free.pop();
      const definition = schema.qualified.tables[at];
      if (session === undefined || definition === undefined) throw new Error('a lane without a session');
      const saved = await saveTable(session, scoped, definition, { directory, number: at + 1 }, signal);
      free.push(session);
      context.report({
        type: 'notice',
        level: 'info',
        message: `${saved.schema}.${saved.name}: ${saved.rows} rows written`,
      });
      return saved;
    }).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(work);
  if (failed.signal.aborted) throw failed.signal.reason;
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

async function ledgerFacts(session: Session, context: Context): Promise<ManifestBody['ledger']> {
  if (!(await ledgerExists(session))) return null;
  const phases = [];
  for (const [phase, { id, state }] of context.entries) {
    const batches = await readBatches(session, id);
    const done = batches.filter(({ status }) => status === 'done').length;
    phases.push({ phase, state, batches: batches.length, done });
  }
  return { version: LEDGER_VERSION, phases };
}

async function describeFile(directory: string, name: string): Promise<ManifestBody['files'][number]> {
  const contents = await readFile(join(directory, name));
  return { name, bytes: contents.length, sha256: createHash('sha256').update(contents).digest('hex') };
}
