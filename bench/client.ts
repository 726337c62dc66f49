import type pg from 'pg';
import type { BenchServer } from './server.js';

/** Lends a connection, and closes it however the work ends. */
export async function withClient<T>(
  server: BenchServer,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await server.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
