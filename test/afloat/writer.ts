import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Random, streamKey } from '../../fixtures/random.js';
import type { Draft } from './desk.js';
import { Hand } from './hand.js';
import { tablesOf } from './tables.js';

/** What a writer has done so far, told to its parent now and then. */
export interface Progress {
  readonly writes: number;
}

/** What a writer has done, told to its parent at the end. */
export interface WriterReport extends Progress {
  readonly transactions: number;
  readonly rolledBack: number;
  readonly direct: number;
  /** Milliseconds of every hundredth of the transactions' longest statements, from the quickest to the slowest. */
  readonly waits: readonly number[];
  readonly problems: readonly string[];
}

const [, , url = '', seed = '', number = '', app = ''] = process.argv;
const random = new Random().reset(streamKey(Number(seed), 7), Number(number));
const tables = tablesOf(app === 'dlt' ? 'dlt' : 'table');
const problems: string[] = [];
const waits: number[] = [];
const counts = { transactions: 0, rolledBack: 0, writes: 0, direct: 0 };
/** Transactions. */
const TELL_EVERY = 50;
let stopping = false;
let longest = 0;

process.on('message', () => {
  stopping = true;
});
process.on('disconnect', () => process.exit(3));

const client = new pg.Client({ connectionString: url, application_name: 'fault harness' });
client.on('error', (error) => problems.push(`a writer lost its connection: ${error.message}`));
await client.connect();

/** A statement of the application, timed. */
async function query(text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
  const start = performance.now();
  try {
    return await client.query(text, [...values]);
  } finally {
    longest = Math.max(longest, performance.now() - start);
  }
}

const hand = new Hand({ writer: Number(number), random, tables, query, problems, id: randomUUID });

/** Some changes in one transaction, which is committed mostly. */
async function transaction(): Promise<void> {
  longest = 0;
  const draft: Draft = { effects: [], writes: 0, direct: 0, shared: false };
  await query('begin');
  for (let left = 1 + random.int(5); left > 0; left -= 1) await hand.change(draft);
  if (random.chance(0.05)) await undoneInPart(draft);
  if (random.chance(0.02)) await sleep(200 + random.int(1_000));
  counts.transactions += 1;
  if (random.chance(0.12)) {
    await query('rollback');
    counts.rolledBack += 1;
  } else {
    await query('insert into afloat.committed values ($1::int, $2::int)', [
      Number(number),
      counts.transactions,
    ]);
    await query('commit');
    for (const effect of draft.effects) effect();
    counts.writes += draft.writes;
    counts.direct += draft.direct;
  }
  waits.push(longest);
}

/** A change that the application takes back by itself, and goes on. */
async function undoneInPart({ shared }: Draft): Promise<void> {
  const undone: Draft = { effects: [], writes: 0, direct: 0, shared };
  await query('savepoint undone');
  await hand.change(undone);
  await query('rollback to savepoint undone');
}

while (!stopping && problems.length < 5) {
  try {
    await transaction();
  } catch (error) {
    const { code, message, detail = '' } = error as Error & Pick<pg.DatabaseError, 'code' | 'detail'>;
    problems.push(
      `a transaction of writer ${number} failed: ${code ?? ''} ${message} (${hand.doing}) ${detail}`,
    );
    await client.query('rollback').catch(() => undefined);
  }
  if (counts.transactions % TELL_EVERY === 0) process.send?.({ writes: counts.writes } satisfies Progress);
  await sleep(random.int(25));
}
await client.end().catch(() => undefined);
waits.sort((a, b) => a - b);
const hundredths = Array.from(
  { length: 101 },
  (_, at) => waits[Math.min(waits.length - 1, Math.floor((at * waits.length) / 100))] ?? 0,
);
hundredths[100] = waits.at(-1) ?? 0;
const report: WriterReport = { ...counts, waits: hundredths, problems };
process.send?.(report, () => process.disconnect());
process.removeAllListeners('disconnect');
