import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { sync } from '../../src/index.js';
import { StatementProxy } from '../faults/proxy.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { prepared } from '../support/prepared.js';
import { eventually } from '../support/traces.js';

const mixture = mixtureOf({});
const UNIFIED = { mixture, submissions: 100, oddShare: 0, run: { batchSize: 150 } } as const;
const PATIENCE_MS = 30_000;

/** Has the server refuse so many writes to the unified table, as if others had written the same rows. */
async function refuse(database: TestDatabase, times: number): Promise<void> {
  await database.query(`
    create sequence public.refusals;
    create function public.refuse() returns trigger language plpgsql as $$ begin
      if pg_catalog.nextval('public.refusals') <= ${times} then
        raise exception 'could not serialize access' using errcode = '40001';
      end if;
      return null;
    end $$;
    create trigger refuse before update on public.opportunities_unified for each statement execute function public.refuse()`);
  await database.query(`update public.opportunities set app_name = 'changed'`);
}

test('who follows outlasts writers of the same rows, however often they come first', async () => {
  const database = await prepared(UNIFIED);
  await refuse(database, 4);
  const controller = new AbortController();
  const warnings: string[] = [];
  const report = sync({
    databaseUrl: database.url,
    follow: true,
    intervalSeconds: 0.05,
    signal: controller.signal,
    onProgress: (event) => void (event.type === 'notice' && warnings.push(event.message)),
  });
  await eventually(
    'it is applied',
    async () => (await database.query('select from drydock.changes limit 1')).rows.length === 0,
    PATIENCE_MS,
  );
  controller.abort();
  expect(await report).toMatchObject({ outcome: 'stopped' });
  expect(warnings).toContainEqual(expect.stringContaining('40001'));
  await expectEqual(await database.client(), pairsOf(mixture));
});

test('a portion that others came before is given again whole', async () => {
  const database = await prepared(UNIFIED);
  await refuse(database, 2);
  const { phases } = await sync({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(phases).toMatchObject([{ backlog: 0 }]);
  await expectEqual(await database.client(), pairsOf(mixture));
});

test('a submission that goes while batches are loaded again is no reason to put rows aside', async () => {
  const database = await prepared(UNIFIED);
  const client = await database.client();
  const { rows } = await client.query<{ id: string }>(
    `insert into public.submissions (submission_id, title) values ('gone', 'gone') returning id`,
  );
  const id = rows[0]?.id;
  await client.query(
    `insert into public.workflow_results (opportunity_id, app_name, final_score) values ('opp_gone', 'late', 50)`,
  );
  await client.query('truncate public.app_opportunities');
  let deleted = false;
  const proxy = await StatementProxy.open(database.url, async ({ text }, position) => {
    if (deleted || position !== 'before' || !/insert into "public"."opportunities_unified"/.test(text))
      return;
    deleted = true;
    await client.query('delete from public.submissions where id = $1', [id]);
  });
  const { phases } = await sync({ databaseUrl: proxy.url, phases: ['opportunities'], maxRejects: 10 });
  proxy.close();
  expect(deleted).toBe(true);
  expect(phases).toMatchObject([{ backlog: 0 }]);
  expect((await database.query('select from drydock.rejects')).rows).toHaveLength(0);
  await expectEqual(client, pairsOf(mixture));
});
