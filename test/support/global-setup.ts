import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { BinariesUnusableError } from '../../src/embedded/errors.js';
import { type EmbeddedServer, type ServerOptions, startServer } from '../../src/embedded/server.js';
import { templatePrefix } from './names.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the test server with a user that may create databases. */
    databaseUrl: string;
    /** Is part of every database name of this run: two runs on one server do not meet. */
    runId: string;
    /** True when the server is ours and ends with the run. */
    embedded: boolean;
    /** As in `server_version_num`: 180004 for 18.4. */
    serverVersion: number;
  }
}

/** What is lost when the machine dies during a test run is of no interest, and waiting for the disk is slow. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  max_prepared_transactions: '10',
};

/** Another server than the installed one, with other settings: `npm run test:matrix` asks for it. */
const asked = JSON.parse(process.env.DRYDOCK_TEST_SERVER || '{}') as ServerOptions;
const options: ServerOptions = { ...asked, settings: { ...settings, ...asked.settings } };

const memoryDirectory = '/dev/shm';

let server: EmbeddedServer | undefined;
const runId = randomBytes(3).toString('hex');
const ownUrl = process.env.DRYDOCK_TEST_DATABASE_URL;

/**
 * An embedded server with its files in memory where there is room: a clone of a database takes 9 ms there and
 * 260 ms on this project's CI disk. A container's 64 MB are no room; and where nothing may be executed in it, a
 * server whose binaries have to be copied goes to the ordinary place.
 */
async function startEmbedded(): Promise<EmbeddedServer> {
  if (!(await hasRoom(memoryDirectory))) return startServer(options);
  try {
    return await startServer({ ...options, parentDir: memoryDirectory });
  } catch (error) {
    if (error instanceof BinariesUnusableError) return startServer(options);
    throw error;
  }
}

async function hasRoom(directory: string): Promise<boolean> {
  if (!existsSync(directory)) return false;
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize >= 4 * 2 ** 30;
}

/** One server for the whole run: the one of DRYDOCK_TEST_DATABASE_URL, else an embedded one. */
export async function setup(project: TestProject): Promise<void> {
  if (!ownUrl) server = await startEmbedded();
  const url = server?.url ?? (ownUrl as string);
  project.provide('databaseUrl', url);
  project.provide('serverVersion', await versionOf(url));
  project.provide('runId', runId);
  project.provide('embedded', server !== undefined);
}

export async function teardown(): Promise<void> {
  if (server) await server.stop();
  else await dropTemplates(ownUrl as string);
}

async function versionOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ number: number }>(
      `select current_setting('server_version_num')::int as number`,
    );
    return rows[0]?.number ?? 0;
  } finally {
    await client.end();
  }
}

async function dropTemplates(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ statement: string }>(
      `select format('drop database %I', datname) as statement
         from pg_catalog.pg_database where starts_with(datname, $1::text)`,
      [templatePrefix(runId)],
    );
    for (const { statement } of rows) await client.query(statement);
  } finally {
    await client.end();
  }
}
