import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { withClient } from '../client.js';
import { rollback, runPhase } from '../drydock.js';
import { type BenchServer, settle } from '../server.js';

/** How fast somebody else reads the legacy tables, alone and while they are being unified. */
export interface Reader {
  /** Further arguments of the run. */
  readonly arguments: readonly string[];
  /** Queries per second: the mean of a stretch before the run and one after it. */
  readonly alone: number;
  /** Queries per second while the run loads and builds its indexes; its verification is left out. */
  readonly beside: number;
}

const KEYS = 1_000;

/** What an application does all day: rows by their keys, and a short range summed up, on both large tables. */
const QUERIES = [
  { name: 'opportunity', text: 'select * from opportunities where id = $1::uuid' },
  {
    name: 'recent opportunities',
    text: `select count(*), max(core_function_count) from (
      select core_function_count from opportunities
      where created_at <= (select created_at from opportunities where id = $1::uuid)
      order by created_at desc limit 50) r`,
  },
  { name: 'app', text: 'select * from app_opportunities where id = $1::uuid' },
  {
    name: 'app scores',
    text: `select count(*), avg(trust_score) from (
      select trust_score from app_opportunities
      where opportunity_score <= (select opportunity_score from app_opportunities where id = $1::uuid)
      order by opportunity_score desc limit 50) r`,
  },
] as const;

export async function reader(server: BenchServer, seconds: number, args: readonly string[]): Promise<Reader> {
  return withClient(server, async (client) => {
    const keys = [await sampleKeys(client, 'opportunities'), await sampleKeys(client, 'app_opportunities')];
    await rollback(server);
    await settle(server);
    const before = await speed(client, keys, sleep(seconds * 1000));
    const beside = await besideRun(client, keys, server, args);
    await settle(server);
    const after = await speed(client, keys, sleep(seconds * 1000));
    return { arguments: args, alone: (before + after) / 2, beside };
  });
}

/** The same keys every time, from all over the table. */
async function sampleKeys(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from (select id, row_number() over (order by md5(id::text)) as n from ${table}) r where n <= ${KEYS}`,
  );
  return rows.map(({ id }) => id);
}

async function besideRun(
  client: pg.Client,
  keys: readonly string[][],
  server: BenchServer,
  args: readonly string[],
): Promise<number> {
  const run = runPhase(server, 'opportunities', args).then((result) => ({
    result,
    ended: performance.now(),
  }));
  const times = await read(client, keys, run);
  const { result, ended } = await run;
  const until = ended - result.verifySeconds * 1000;
  const from = until - result.seconds * 1000;
  return times.filter((time) => time >= from && time < until).length / result.seconds;
}

async function speed(client: pg.Client, keys: readonly string[][], until: Promise<unknown>): Promise<number> {
  const start = performance.now();
  const times = await read(client, keys, until);
  return (times.length / (performance.now() - start)) * 1000;
}

/** Reads, one query after the other, until something happens; gives the time at which each answer came. */
async function read(
  client: pg.Client,
  keys: readonly string[][],
  until: Promise<unknown>,
): Promise<number[]> {
  let going = true;
  const stop = () => {
    going = false;
  };
  until.then(stop, stop);
  const times: number[] = [];
  for (let turn = 0; going; turn += 1) {
    const query = QUERIES[turn % QUERIES.length];
    const table = keys[turn % QUERIES.length < 2 ? 0 : 1] ?? [];
    const key = table[Math.floor(turn / QUERIES.length) % table.length];
    if (query === undefined || key === undefined) throw new Error('there is nothing to read');
    await client.query({ ...query, values: [key] });
    times.push(performance.now());
  }
  return times;
}
