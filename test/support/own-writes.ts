import pg from 'pg';
import type { TestDatabase } from './database.js';

/** Has a connection write our tables as Drydock does. */
export const AS_DRYDOCK = `set drydock.own_writes = 'on'`;

/**
 * One statement that writes our tables as Drydock does: to plant a difference, where an application would be refused
 * before the cutover, and carried to the legacy tables after it.
 */
export async function asDrydock<R extends pg.QueryResultRow = pg.QueryResultRow>(
  database: Pick<TestDatabase, 'url'>,
  sql: string,
  params: readonly unknown[] = [],
): Promise<pg.QueryResult<R>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(AS_DRYDOCK);
    return await client.query<R>(sql, [...params]);
  } finally {
    await client.end();
  }
}
