import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { withClient } from '../client.js';
import type { BenchServer } from '../server.js';
import { write } from './writers.js';

/** How long a committed change takes until our tables show it, beside writers. */
export interface Lag {
  readonly writesPerSecond: number;
  readonly probes: number;
  readonly p50: number;
  readonly p99: number;
}

const COMMAND = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const PROBE_EVERY_MS = 50;
const LOOK_EVERY_MS = 10;
/** Above what is wanted by far: what takes longer counts as this long. */
const GIVE_UP_MS = 30_000;

/** Measured from outside: a row of a legacy table is written, and ours is looked at until it is there. */
export async function lag(
  server: BenchServer,
  options: { readonly seconds: number; readonly perSecond: number; readonly connections: number },
): Promise<Lag> {
  const child = spawn(process.execPath, [COMMAND, 'sync', '--follow', '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DATABASE_URL: server.url },
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  try {
    return await withClient(server, async (client) => {
      await untilEmpty(client);
      const writing = write(server, options);
      const times = await probe(client, writing);
      const { writes, seconds } = await writing;
      times.sort((a, b) => a - b);
      const at = (share: number) =>
        (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) / 1000;
      return { writesPerSecond: writes / seconds, probes: times.length, p50: at(0.5), p99: at(0.99) };
    });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function untilEmpty(client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query('select from drydock.changes limit 1');
    if (rowCount === 0) return;
    await sleep(50);
  }
}

/** Milliseconds of each probe, as long as the writers write. */
async function probe(client: pg.Client, writing: Promise<unknown>): Promise<number[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from opportunities_unified where from_opportunities order by md5(id::text || 'probe') limit 400`,
  );
  const waiting = new Map<string, { readonly text: string; readonly at: number }>();
  const times: number[] = [];
  let [going, next, n] = [true, performance.now(), 0];
  const stop = () => {
    going = false;
  };
  writing.then(stop, stop);
  while (going || waiting.size > 0) {
    const id = rows[n % rows.length]?.id ?? '';
    if (going && performance.now() >= next && !waiting.has(id)) {
      const text = `probe ${n}`;
      await client.query({
        name: 'probe',
        text: 'update opportunities set market_segment = $2 where id = $1',
        values: [id, text],
      });
      waiting.set(id, { text, at: performance.now() });
      next += PROBE_EVERY_MS;
      n += 1;
    }
    const { rows: seen } = await client.query<{ id: string; text: string }>({
      name: 'look',
      text: 'select id, market_segment as text from opportunities_unified where id = any ($1)',
      values: [[...waiting.keys()]],
    });
    const now = performance.now();
    for (const found of seen) {
      const probed = waiting.get(found.id);
      if (probed?.text !== found.text) continue;
      times.push(now - probed.at);
      waiting.delete(found.id);
    }
    for (const [id, { at }] of waiting) {
      if (now - at < GIVE_UP_MS) continue;
      times.push(now - at);
      waiting.delete(id);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return times;
}
