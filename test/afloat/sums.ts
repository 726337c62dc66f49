import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { BANK_ROWS, BANK_SUM, DEPOSIT } from './journal.js';

/** Looks at the sum again and again, twice in each snapshot. */
export function watchSums(client: pg.Client): {
  stop(): Promise<{ readonly count: number; readonly problems: readonly string[] }>;
} {
  const problems: string[] = [];
  let [count, stopped] = [0, false];
  const work = (async () => {
    while (!stopped && problems.length === 0) {
      try {
        await client.query('begin isolation level repeatable read read only');
        for (let look = 0; look < 2; look += 1) {
          const { rows } = await client.query<{ sum: string }>(BANK_SUM);
          if (Number(rows[0]?.sum) !== 2 * BANK_ROWS * DEPOSIT)
            problems.push(`a snapshot saw the sum ${rows[0]?.sum}`);
          await sleep(20);
        }
        await client.query('commit');
        count += 1;
      } catch (error) {
        problems.push(`a reader failed: ${(error as Error).message}`);
      }
      await sleep(60);
    }
    await client.end().catch(() => undefined);
  })();
  return {
    async stop() {
      stopped = true;
      await work;
      return { count, problems };
    },
  };
}
