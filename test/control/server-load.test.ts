import { expect, test } from 'vitest';
import { restMs, seesOthers, serverLoad } from '../../src/control/server-load.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { eventually } from '../support/traces.js';

test('sessions of others that work are seen, and those that wait for a lock of ours', async () => {
  const database = await createTestDatabase('load');
  await database.query('create table public.t (a int)');
  const [ours, watch] = [await openSession(database.url), await openSession(database.url)];
  expect(await seesOthers(watch)).toBe(true);

  const busy = await database.client();
  const work = busy.query('select count(*) from generate_series(1, 1000000000)').catch(() => undefined);
  await eventually('the busy session is seen', async () => (await serverLoad(watch)).active > 0);

  await ours.begin();
  await ours.query('select a from public.t');
  const waiting = await database.client();
  expect((await serverLoad(watch)).blocked).toBe(0);
  const altered = waiting.query('alter table public.t add column b int');
  await eventually('the waiting session is seen', async () => (await serverLoad(watch)).blocked === 1);
  await ours.commit();
  await altered;
  expect((await serverLoad(watch)).blocked).toBe(0);

  await database.query(`select pg_cancel_backend(pid) from pg_stat_activity
    where datname = current_database() and query like 'select count%' and pid <> pg_backend_pid()`);
  await work;
});

test('the rest is as long as the work for each session beside ours, up to four', () => {
  const rest = (active: number) => restMs({ active, blocked: 0, lagSeconds: 0 }, 250);
  expect([0, 1, 3, 4, 40].map(rest)).toEqual([0, 250, 750, 1000, 1000]);
});
