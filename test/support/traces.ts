import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { TestDatabase } from './database.js';

/** Waits until something is so, and fails when it does not come to be. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it did not come to be that ${what}`);
    await sleep(20);
  }
}

/** What a process of ours may leave in a database when it ends: a backend, a lock, a temporary table. */
export async function expectNoTraces(database: TestDatabase): Promise<void> {
  await eventually('no backend of Drydock is left', async () => {
    const { rows } = await database.query(
      `select from pg_stat_activity where datname = current_database() and application_name ~ '^drydock( run| rollback|$)'`,
    );
    return rows.length === 0;
  });
  // Not those of the server's own analyze, which may come at any time.
  const { rows: locks } = await database.query(
    `select locktype, mode from pg_locks l
      where database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()
        and not exists (select from pg_stat_activity a where a.pid = l.pid and a.backend_type = 'autovacuum worker')`,
  );
  const { rows: temporary } = await database.query(`select relname from pg_class where relpersistence = 't'`);
  expect({ locks, temporary }).toEqual({ locks: [], temporary: [] });
}
