import { describe, expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { prepared, tableHashes } from '../support/prepared.js';
import { type Cut, cuttingProxy } from '../support/proxy.js';
import { expectNoTraces } from '../support/traces.js';
import { run, status } from '../support/unifying.js';

const DATA = { mixture: mixtureOf({}), submissions: 200, oddShare: 0 };

describe('a connection that breaks at the commit of a batch', () => {
  test.each(['before the server sees it', 'before the client hears of it'] satisfies Cut[])(
    '%s: the ledger says whether the batch is loaded, and no batch is loaded twice or left out',
    async (cut) => {
      const database = await prepared(DATA);
      const proxy = await cuttingProxy(database.url, cut, 5);
      const report = await run({ databaseUrl: proxy.url, batchSize: 50 });
      expect(proxy.cuts()).toBe(5);
      expect(report).toMatchObject({
        outcome: 'done',
        phases: [{ state: 'verified' }, { state: 'verified' }],
      });
      const { rows } = await database.query('select distinct attempts, status from drydock.batches');
      expect(rows).toEqual([{ attempts: 1, status: 'done' }]);
      await expectNoTraces(database);
      await expectEqual(await database.client(), pairsOf(DATA.mixture));
      expect(await tableHashes(database)).toEqual(await tableHashes(await prepared({ ...DATA, run: {} })));
    },
  );
});

test('when the server ends all connections the run says so, and the next one goes on', async () => {
  const database = await prepared(DATA);
  let seen = 0;
  const failed = run({
    databaseUrl: database.url,
    batchSize: 50,
    onProgress(event) {
      if (event.type === 'batch' && ++seen === 3)
        void database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name ~ '^drydock( run| rollback|$)'`,
        );
    },
  });
  await expect(failed).rejects.toMatchObject({ code: 'connection-lost', exitStatus: 2 });
  const { phases } = await status({ databaseUrl: database.url });
  expect(phases[0]).toMatchObject({ state: 'loading' });
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
});

test('what others do to our backends in passing is survived: a cancelled statement, a lock in the way', async () => {
  const database = await prepared(DATA);
  const rival = await database.client();
  let seen = 0;
  const blocked: Promise<unknown>[] = [];
  const report = await run({
    databaseUrl: database.url,
    batchSize: 50,
    onProgress(event) {
      if (event.type === 'batch' && event.phase === 'opportunities' && ++seen === 2) {
        blocked.push(
          rival.query(
            `begin; lock table public.opportunities_unified in access exclusive mode; select pg_sleep(0.3);
             select pg_cancel_backend(pid) from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and application_name ~ '^drydock( run| rollback|$)';
             select pg_sleep(0.3); commit`,
          ),
        );
      }
    },
  });
  await Promise.all(blocked);
  expect(blocked).toHaveLength(1);
  expect(report).toMatchObject({ outcome: 'done' });
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
});

test('an index that a killed predecessor is still building is waited for', async () => {
  const database = await prepared(DATA);
  const predecessor = await database.client();
  let building: Promise<unknown> | undefined;
  const report = await run({
    databaseUrl: database.url,
    onProgress(event) {
      if (event.type !== 'step' || event.step !== 'indexes' || event.phase !== 'opportunities') return;
      building = predecessor.query(
        `begin; create unique index opportunities_unified_pkey on public.opportunities_unified using btree (id);
         select pg_sleep(1); commit`,
      );
    },
  });
  await building;
  expect(report).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }, { state: 'verified' }] });
});
