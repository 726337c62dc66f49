import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { SHAPE_A } from '../../fixtures/mixture.js';
import { run, sync } from '../../src/index.js';
import { prepared } from '../support/prepared.js';

afterEach(() => vi.restoreAllMocks());

/** How many messages with statements all sessions of some work send. */
async function messagesOf(work: () => Promise<unknown>): Promise<number> {
  const query = vi.spyOn(pg.Client.prototype, 'query').mockClear();
  await work();
  return query.mock.calls.length;
}

test('a sync of one changed row sends at most 60 statements; of none, at most 32', async () => {
  const database = await prepared({ mixture: SHAPE_A, submissions: 40, oddShare: 0 });
  await run({ databaseUrl: database.url });
  const apply = () => sync({ databaseUrl: database.url });
  await database.query(
    `update public.opportunities set title = title || '!' where id = (select min(id::text)::uuid from public.opportunities)`,
  );
  expect(await messagesOf(apply)).toBeLessThanOrEqual(60);
  expect(await messagesOf(apply)).toBeLessThanOrEqual(32);
});
