import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RunReport, VerifyReport } from '../../src/index.js';
import { withClient } from '../client.js';
import { drydock } from '../drydock.js';
import { type BenchServer, settle } from '../server.js';

/** The same command once more, when nothing has changed. */
export interface Again {
  /** The whole command, its verification included. */
  readonly seconds: number;
  /** `drydock verify` of the same phase. */
  readonly verifySeconds: number;
  /** Rows of any table of `public` that were inserted, updated or deleted, as the server counts them. */
  readonly rowsWritten: number;
}

export async function again(server: BenchServer): Promise<Again> {
  await settle(server);
  const { seconds: verifySeconds } = await drydock<VerifyReport>(server, [
    'verify',
    '--phase',
    'opportunities',
  ]);
  await settle(server);
  const before = await writtenSoFar(server);
  const { seconds, outcome } = await drydock<RunReport>(server, ['run', '--phase', 'opportunities']);
  if (outcome !== 'nothing-to-do') throw new Error(`there was something to do: ${outcome}`);
  return { seconds, verifySeconds, rowsWritten: (await writtenSoFar(server)) - before };
}

/** A backend has told its counts when it is gone from the list: a moment after its client. */
async function writtenSoFar(server: BenchServer): Promise<number> {
  return withClient(server, async (client) => {
    const deadline = performance.now() + MOST_WAIT_MS;
    while (performance.now() < deadline && (await count(client, OTHERS)) > 0) await sleep(20);
    return count(client, WRITTEN);
  });
}

const MOST_WAIT_MS = 2_000;

const OTHERS = `select count(*) as n from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;

const WRITTEN = `select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) as n
  from pg_stat_user_tables where schemaname = 'public'`;

async function count(client: pg.Client, query: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(query);
  return Number(rows[0]?.n);
}
