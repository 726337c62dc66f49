import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { type RefreshReport, refresh, refreshEvery, rollback, scheduleRefresh } from '../../src/index.js';
import { cronSchedule } from '../../src/verbs/refresh-schedule.js';
import type { TestDatabase } from '../support/database.js';
import { AS_DRYDOCK, asDrydock } from '../support/own-writes.js';
import { prepared } from '../support/prepared.js';

let database: TestDatabase;
let target: { readonly databaseUrl: string };

beforeAll(async () => {
  database = await prepared({
    mixture: mixtureOf({}),
    submissions: 60,
    oddShare: 0,
    run: { batchSize: 100, phases: ['opportunities', 'assessments', 'enhancements'] },
  });
  target = { databaseUrl: database.url };
});

const refreshed = ({ views }: RefreshReport) =>
  views.filter((view) => view.refreshed).map(({ name }) => name);

test('only what has changed is refreshed, and everything when it is forced', async () => {
  expect(refreshed(await refresh(target))).toEqual([]);
  await asDrydock(
    database,
    `delete from public.opportunity_assessment_records where ctid = (select min(ctid) from public.opportunity_assessment_records where source = 'market_validations')`,
  );
  expect(refreshed(await refresh(target))).toEqual(['mv_validation_summary']);
  await asDrydock(database, 'update public.opportunity_assessments set assessor_type = null');
  expect(refreshed(await refresh(target))).toEqual(['mv_high_value_opportunities', 'mv_opportunity_trends']);
  expect(refreshed(await refresh(target))).toEqual([]);
  expect(refreshed(await refresh({ ...target, force: true }))).toHaveLength(3);
  await asDrydock(database, 'truncate public.opportunity_assessment_records');
  expect(refreshed(await refresh(target))).toEqual(['mv_validation_summary']);
  expect((await database.query('select from public.mv_validation_summary')).rowCount).toBe(0);
});

test('what is written while a view is refreshed is not forgotten, and a reader is not in its way', async () => {
  const writer = await database.client();
  await writer.query(AS_DRYDOCK);
  const reader = await database.client();
  await refresh(target);
  await writer.query('begin');
  await writer.query(
    `update public.opportunities_unified set created_at = '2001-02-03 12:00+00' where id = (select min(id::text)::uuid from public.opportunities_unified)`,
  );
  await reader.query('begin');
  await reader.query('select from public.mv_opportunity_trends');
  expect(refreshed(await refresh(target))).toContain('mv_opportunity_trends');
  await writer.query('commit');
  expect(refreshed(await refresh(target))).toContain('mv_opportunity_trends');
  expect(
    (await database.query(`select from public.mv_opportunity_trends where day = '2001-02-03'`)).rowCount,
  ).toBe(1);
  await reader.query('commit');
});

test('again and again, until the signal comes; another command at work is waited for', async () => {
  const controller = new AbortController();
  const rounds: string[][] = [];
  const series = refreshEvery({
    ...target,
    everySeconds: 0.05,
    signal: controller.signal,
    onRound(report) {
      rounds.push(refreshed(report));
      if (rounds.length === 3) controller.abort();
    },
  });
  while (rounds.length < 1) await sleep(10);
  await asDrydock(database, 'update public.opportunity_assessment_records set source = source');
  expect(await series).toMatchObject({ rounds: 3, putOff: 0 });
  expect(rounds.flat()).toContain('mv_validation_summary');
});

test('without pg_cron it says so; an interval that it does not know is refused', async () => {
  await expect(scheduleRefresh({ ...target, everySeconds: 3_600 })).rejects.toMatchObject({
    code: 'no-pg-cron',
  });
  expect([30, 60, 900, 3_600, 21_600, 86_400].map(cronSchedule)).toEqual([
    '30 seconds',
    '* * * * *',
    '*/15 * * * *',
    '0 * * * *',
    '0 */6 * * *',
    '0 0 * * *',
  ]);
  for (const seconds of [61, 420 * 60, 5 * 3_600, 172_800])
    expect(() => cronSchedule(seconds)).toThrow(expect.objectContaining({ code: 'bad-option' }));
});

test('there is nothing to refresh before the phase was run', async () => {
  await rollback({ ...target, phases: ['enhancements'] });
  await expect(refresh(target)).rejects.toMatchObject({ code: 'not-loaded' });
});
