import { expect, test } from 'vitest';
import { adopt, status, verify } from '../../src/index.js';
import type { Position } from '../faults/connection.js';
import { StatementProxy } from '../faults/proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { bindings, gotTo, strand } from './copies.js';

/** Every statement takes minutes: `DRYDOCK_TEST_EVERY_STATEMENT=1 npx vitest run test/adopt/kills.test.ts`. */
const EVERY = process.env.DRYDOCK_TEST_EVERY_STATEMENT === '1';
const FEW = 10;

test('cut at any of its statements, it has done all of it or nothing, and goes on when it is given again', {
  timeout: 3_600_000,
}, async () => {
  const original = await gotTo('one phase cut over');
  const stranded = async () => {
    const copy = await createTestDatabase('cut', { template: original.name });
    await strand(copy);
    return copy;
  };
  const statements = await statementsOf(await stranded());
  const commit = statements.indexOf('commit', statements.indexOf('delete from drydock.orders'));
  expect(commit).toBeGreaterThan(50);

  let copy = await stranded();
  let before = await bindings(copy);
  let [nothing, all] = [0, 0];
  for (const at of chosen(statements.length, commit)) {
    for (const position of at === commit ? (['before', 'sent'] as const) : (['before'] as const)) {
      // Behind the commit a connection may be cut that nothing is asked of any more.
      const isDone = await cutAt(copy, at, position).then(
        () => true,
        () => false,
      );
      if (at < commit) expect(isDone).toBe(false);
      const after = await settled(copy);
      const { copyOf } = await status({ databaseUrl: copy.url });
      if (copyOf !== null) {
        nothing += 1;
        expect(after).toEqual(before);
        continue;
      }
      all += 1;
      expect(at).toBeGreaterThanOrEqual(commit);
      // Given again it compares both sides, which it had no time for.
      const again = await adopt({ databaseUrl: copy.url });
      expect(again.outcome).toBe('nothing-to-adopt');
      if (!isDone)
        expect(again.phases.map(({ verification }) => verification?.equal)).toEqual([true, true, true]);
      copy = await stranded();
      before = await bindings(copy);
    }
  }
  expect(nothing).toBeGreaterThan(0);
  expect(all).toBeGreaterThan(0);
  expect(await adopt({ databaseUrl: copy.url })).toMatchObject({ outcome: 'adopted' });
  expect(await verify({ databaseUrl: copy.url })).toMatchObject({ equal: true });
});

function chosen(statements: number, commit: number): number[] {
  const step = EVERY ? 1 : Math.ceil(commit / FEW);
  const ahead = Array.from({ length: Math.ceil(commit / step) }, (_, index) => index * step);
  return [...ahead, commit, Math.min(statements - 1, commit + (EVERY ? 1 : 20))];
}

/** The statements of an adoption, over all of its connections. */
async function statementsOf(copy: TestDatabase): Promise<string[]> {
  const statements: string[] = [];
  const proxy = await StatementProxy.open(copy.url, ({ text }, position) => {
    if (position === 'before') statements.push(text);
  });
  await adopt({ databaseUrl: proxy.url });
  proxy.close();
  return statements;
}

async function cutAt(copy: TestDatabase, at: number, position: Position): Promise<void> {
  const proxy = await StatementProxy.open(copy.url, ({ number, connection }, now) => {
    if (number === at + 1 && now === position) connection.cut();
  });
  try {
    await adopt({ databaseUrl: proxy.url });
  } finally {
    proxy.close();
  }
}

/** What is bound when the server has noticed that its client is gone. */
async function settled(copy: TestDatabase): Promise<unknown> {
  for (;;) {
    const { rows } = await copy.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name not like 'drydock test%'`,
    );
    if (rows[0]?.n === 0) return bindings(copy);
  }
}
