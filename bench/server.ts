import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { generateLegacyData } from '../fixtures/generate.js';
import { SHAPE_B } from '../fixtures/mixture.js';
import { createLegacySchema } from '../fixtures/schema/create.js';
import { startServer } from '../src/embedded/server.js';
import { withClient } from './client.js';

/** A server with legacy data, for the length of a benchmark. */
export interface BenchServer {
  readonly url: string;
  connect(): Promise<pg.Client>;
  stop(): Promise<void>;
}

/** Settings of a server that somebody looks after, on a machine of this size. Durable: fsync stays on. */
const SERVER_SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  work_mem: '64MB',
  maintenance_work_mem: '256MB',
} as const;

/**
 * Makes the legacy data of so many submissions, on a server of our own.
 *
 * @param url an empty database to use instead, of a superuser; it is left as the last round leaves it
 */
export async function startBenchServer(submissions: number, url?: string): Promise<BenchServer> {
  const own = url === undefined ? await startServer({ settings: SERVER_SETTINGS }) : undefined;
  const connectionString = own?.url ?? url ?? '';
  const connect = async () => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const server = { url: connectionString, connect, stop: async () => own?.stop() };
  try {
    await withClient(server, async (client) => {
      await createLegacySchema(client, SHAPE_B);
      await generateLegacyData(connect, { mixture: SHAPE_B, submissions });
      // Else whoever reads these rows first pays for marking them as committed.
      await client.query('vacuum (analyze)');
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Writes out what was done before, so that who comes next does not pay for it. */
export async function settle(server: BenchServer): Promise<void> {
  await withClient(server, (client) => client.query('checkpoint'));
}

/** What the figures were measured on. */
export async function describeMachine(server: BenchServer): Promise<Record<string, string>> {
  const names = ['server_version', 'fsync', 'synchronous_commit', ...Object.keys(SERVER_SETTINGS)];
  const { rows } = await withClient(server, (client) =>
    client.query<{ name: string; value: string }>(
      'select name, current_setting(name) as value from unnest($1::text[]) as name',
      [names],
    ),
  );
  return {
    processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    ...Object.fromEntries(rows.map(({ name, value }) => [name, value])),
  };
}
