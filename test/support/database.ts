import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, inject, onTestFinished, TestRunner } from 'vitest';
import { asAdmin, quoted, urlOf } from './admin.js';
import { databaseName } from './names.js';
import { isServer } from './version.js';

export { createTemplate } from './template.js';

/** A database of its own for a test, or for a test file. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** One statement, on a connection of the harness. */
  query<R extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<pg.QueryResult<R>>;
  /** A connected client for what needs a session; the harness closes it at the latest with the database. */
  client(): Promise<pg.Client>;
  /**
   * Drops the database. Called for you: after the test that made it, or after the last test of the file when a
   * `beforeAll` made it. Keeps it when that test, or one of the file, failed, so that the data can be looked at.
   *
   * @throws {@link LeakedConnectionError} when the code under test left a connection open
   */
  drop(): Promise<void>;
}

/** The code under test did not close what it opened. */
export class LeakedConnectionError extends Error {
  override readonly name = 'LeakedConnectionError';
  constructor(
    readonly database: string,
    readonly connections: readonly Connection[],
  ) {
    const list = connections.map(
      (c) => `  ${c.pid} ${c.application_name || '(no name)'}, ${c.state}: ${c.query}`,
    );
    super(`${connections.length} connection(s) to ${database} were left open:\n${list.join('\n')}`);
  }
}

interface Connection {
  readonly pid: number;
  readonly application_name: string;
  readonly state: string;
  readonly query: string;
}

/** A closed connection stays in pg_stat_activity until its backend is gone. */
const closeGraceMs = 2000;

/** The statements of the tests are read alike whatever the server's settings are; values are printed as they say. */
const harness = {
  application_name: 'drydock test harness',
  options: '-c standard_conforming_strings=on',
};

const open = new Set<TestDatabase>();
let fileFailed = false;

/** Drops, after the last test of a file, what its `beforeAll` made. For `setup.ts`, which is run for each file. */
export function dropDatabasesAfterFile(): void {
  fileFailed = false;
  afterEach(({ task }) => {
    fileFailed ||= task.result?.state === 'fail';
  });
  afterAll(async () => {
    const results = await Promise.allSettled([...open].map((database) => database.drop()));
    const errors = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('\n'));
  });
}

/**
 * Makes a database, empty or as a clone of a template, and drops it after the test (see {@link TestDatabase.drop}).
 *
 * Not for `test.concurrent`, where Vitest cannot say which test is asking.
 *
 * @param name - a word for its name, which is shown when the test fails
 * @param options - `template`: what `createTemplate` gave; `encoding`: of an empty database, UTF8 where not given
 */
export async function createTestDatabase(
  name = 'test',
  options: { readonly template?: string; readonly encoding?: string } = {},
): Promise<TestDatabase> {
  const database = databaseName(inject('runId'), name);
  const { encoding } = options;
  // The locale of the server goes with its own encoding only; there is but one provider before 15.
  const provider = isServer(15) ? 'locale_provider libc' : '';
  const own = encoding === undefined ? "encoding 'UTF8'" : `encoding '${encoding}' locale 'C' ${provider}`;
  const source = options.template ? quoted(options.template) : `template0 ${own}`;
  // Copying files needs a checkpoint, which is nothing without fsync, and dear on a server that others use.
  // The word came with version 15; before, files were always copied.
  const strategy = inject('embedded') && isServer(15) ? 'strategy file_copy' : '';
  await asAdmin((admin) => admin.query(`create database ${quoted(database)} template ${source} ${strategy}`));

  const url = urlOf(database);
  const pool = new pg.Pool({ connectionString: url, ...harness, max: 4 });
  pool.on('error', () => {}); // an idle connection was ended, by a test that restarts or cuts things; the next query tells
  const owner = TestRunner.getCurrentTest(); // none in beforeAll: then the file is the owner
  const clients = new Set<pg.Client>();

  const testDatabase: TestDatabase = {
    url,
    name: database,
    query: (sql, params) => pool.query(sql, params ? [...params] : undefined),
    async client() {
      const client = new pg.Client({ connectionString: url, ...harness });
      client.on('error', () => {}); // the same
      await client.connect();
      clients.add(client);
      return client;
    },
    async drop() {
      if (!open.delete(testDatabase)) return;
      await Promise.all([pool.end(), ...[...clients].map((client) => client.end())]);
      const failed = owner ? owner.result?.state === 'fail' : fileFailed;
      if (failed) keep(database);
      else await dropOrReportLeaks(database);
    },
  };
  open.add(testDatabase);
  if (owner) onTestFinished(() => testDatabase.drop());
  return testDatabase;
}

function keep(database: string): void {
  const until = inject('embedded')
    ? 'until the run ends (set DRYDOCK_TEST_DATABASE_URL to a server of your own to look at it afterwards)'
    : 'on the server of DRYDOCK_TEST_DATABASE_URL';
  console.error(`A test failed: its database ${database} is kept ${until}`);
}

async function dropOrReportLeaks(database: string): Promise<void> {
  await asAdmin(async (admin) => {
    const leaked = await connectionsTo(admin, database);
    await admin.query(`drop database ${quoted(database)} with (force)`);
    if (leaked.length > 0) throw new LeakedConnectionError(database, leaked);
  });
}

async function connectionsTo(admin: pg.Client, database: string): Promise<readonly Connection[]> {
  const deadline = Date.now() + closeGraceMs;
  for (;;) {
    const { rows } = await admin.query<Connection>(
      `select pid, application_name, state, query
         from pg_catalog.pg_stat_activity
        where datname = $1::name and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0 || Date.now() > deadline) return rows;
    await sleep(20);
  }
}
