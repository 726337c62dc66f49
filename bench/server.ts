import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { generateLegacyData } from '../fixtures/generate.js';
import { SHAPE_B } from '../fixtures/mixture.js';
import { createLegacySchema } from '../fixtures/schema/create.js';
import { startServer } from '../src/embedded/server.js';

/** A server with legacy data, for the length of a benchmark. */
export interface BenchServer {
  readonly url: string;
  connect(): Promise<pg.Client>;
  stop(): Promise<void>;
}

/** Settings of a server that somebody looks after, on a machine of this size. Durable: fsync stays on. */
export const SERVER_SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  work_mem: '64MB',
  maintenance_work_mem: '256MB',
} as const;

export async function startBenchServer(submissions: number): Promise<BenchServer> {
  const server = await startServer({ settings: SERVER_SETTINGS });
  const connect = async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    return client;
  };
  try {
    const client = await connect();
    await createLegacySchema(client, SHAPE_B);
    await client.end();
    await generateLegacyData(connect, { mixture: SHAPE_B, submissions });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.url, connect, stop: () => server.stop() };
}

/** What the figures were measured on. */
export async function describeMachine(server: BenchServer): Promise<Record<string, string>> {
  const client = await server.connect();
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  await client.end();
  return {
    processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    postgres: rows[0]?.version ?? 'unknown',
    ...SERVER_SETTINGS,
  };
}
