import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sampleKeys, WRITES } from './statements.js';

/** What a stretch of writing came to. */
export interface Written {
  readonly writes: number;
  readonly seconds: number;
  /** What the server said to writes that failed. */
  readonly failed: readonly string[];
  /** Writes that took longer than most. */
  readonly slow: readonly SlowWrite[];
}

export interface SlowWrite {
  /** When it was sent, in milliseconds as of `Date.now()`. */
  readonly at: number;
  readonly ms: number;
}

const SLOW_MS = 5;

/**
 * The writers, in a process of their own: argv is connections, seconds, writes per second over all of them (0: as fast
 * as they can), and a number that keeps what is inserted apart from what another one inserts. SIGTERM ends them early.
 * Prints `Written`.
 */
async function main([
  connections = '4',
  seconds = '5',
  perSecond = '0',
  salt = '0',
]: readonly string[]): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: Number(connections) }, async () => {
      const client = new pg.Client({
        connectionString: process.env.DATABASE_URL,
        application_name: 'writer',
      });
      await client.connect();
      return client;
    }),
  );
  const [first] = clients;
  if (first === undefined) throw new Error('there is nobody to write');
  const keys = await sampleKeys(first);
  const start = performance.now();
  let end = start + Number(seconds) * 1000;
  process.once('SIGTERM', () => {
    end = performance.now();
  });
  const failed: string[] = [];
  const slow: SlowWrite[] = [];
  const rate = Number(perSecond);
  let turn = 0;
  const work = async (client: pg.Client) => {
    for (;;) {
      const mine = turn;
      turn += 1;
      if (rate > 0) {
        const due = start + (mine / rate) * 1000;
        if (due >= end) return;
        if (due > performance.now()) await sleep(due - performance.now());
      } else if (performance.now() >= end) return;
      const write = WRITES[mine % WRITES.length];
      if (write === undefined) return;
      const of = write.keyed === null ? undefined : keys.get(write.keyed);
      const key = of === undefined ? `${salt}_${mine}` : of[Math.floor(mine / WRITES.length) % of.length];
      const sent = performance.now();
      await client.query({ name: write.name, text: write.text, values: [key] }).catch((error: Error) => {
        failed.push(error.message);
      });
      const ms = performance.now() - sent;
      if (ms >= SLOW_MS) slow.push({ at: performance.timeOrigin + sent, ms });
    }
  };
  await Promise.all(clients.map(work));
  const written: Written = {
    writes: turn - clients.length,
    seconds: (performance.now() - start) / 1000,
    failed,
    slow,
  };
  process.stdout.write(JSON.stringify(written));
  for (const client of clients) await client.end();
}

await main(process.argv.slice(2));
