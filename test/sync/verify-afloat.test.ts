import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { sync, verify } from '../../src/index.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { asDrydock } from '../support/own-writes.js';
import { prepared } from '../support/prepared.js';
import { run, status } from '../support/unifying.js';

const mixture = mixtureOf({});
const UNIFIED = { mixture, submissions: 120, oddShare: 0.1, run: { batchSize: 150 } } as const;

const WRITES = `
  update public.opportunities set app_name = 'pending' where id in (select id from public.opportunities order by id limit 7);
  delete from public.app_opportunities where id in (select id from public.app_opportunities order by id limit 5);
  update public.submissions set submission_id = 'moved_' || submission_id where id in (select id from public.submissions order by id limit 3);
  insert into public.workflow_results (opportunity_id, app_name) values ('opp_pending', 'p');
  update public.opportunity_scores set scoring_notes = 'pending' where id in (select id from public.opportunity_scores order by id limit 4)`;

test.each([false, true])(
  'what waits to be applied is no difference, and is told; strict: %s',
  async (strict) => {
    const database = await prepared(UNIFIED);
    await database.query(WRITES);
    const before = await verify({ databaseUrl: database.url, strict });
    expect(before.equal).toBe(true);
    expect(before.phases.map(({ pendingKeys }) => pendingKeys > 0)).toEqual([true, true]);
    expect(before.phases.flatMap(({ accounting }) => accounting.filter(({ balanced }) => !balanced))).toEqual(
      [],
    );
    await sync({ databaseUrl: database.url });
    const after = await verify({ databaseUrl: database.url, strict });
    expect(after).toMatchObject({ equal: true, phases: [{ pendingKeys: 0 }, { pendingKeys: 0 }] });
    await expectEqual(await database.client(), pairsOf(mixture));
  },
);

test('beside it any other difference is found; and one that was planted under it is mended by applying it', async () => {
  const database = await prepared(UNIFIED);
  await database.query(WRITES);
  const plant = (which: string) =>
    asDrydock(
      database,
      `update public.opportunities_unified set target_audience = 'planted' where id = (select id from public.opportunities order by id ${which} limit 1)`,
    );
  await plant('asc');
  expect((await verify({ databaseUrl: database.url })).equal).toBe(true);
  await plant('desc');
  const found = await verify({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(found.equal).toBe(false);
  const differences = found.phases.flatMap(({ tables }) => tables.flatMap((table) => table.differences));
  expect(differences).toMatchObject([
    { table: 'opportunities', kind: 'changed', columns: [{ unified: 'planted' }] },
  ]);
  await sync({ databaseUrl: database.url });
  const left = await verify({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(left.phases.flatMap(({ tables }) => tables.flatMap((table) => table.differences))).toHaveLength(1);
});

test('a recorded verification calls verified only what was compared to the last key', async () => {
  const database = await prepared(UNIFIED);
  await run({ databaseUrl: database.url, batches: { from: 1, to: 1 } });
  await database.query(`update drydock.phases set state = 'loaded'`);
  await database.query(WRITES);
  await verify({ databaseUrl: database.url, record: true });
  const states = async () => (await status({ databaseUrl: database.url })).phases.map(({ state }) => state);
  expect(await states()).toEqual(['loaded', 'loaded']);
  await sync({ databaseUrl: database.url });
  await verify({ databaseUrl: database.url, record: true });
  expect(await states()).toEqual(['verified', 'verified']);
  await sync({ databaseUrl: database.url });
  expect(await states()).toEqual(['in-sync', 'in-sync']);
});

test('a TRUNCATE that waits leaves nothing to compare', async () => {
  const database = await prepared(UNIFIED);
  await database.query('truncate public.market_validations');
  await expect(verify({ databaseUrl: database.url, phases: ['assessments'] })).rejects.toMatchObject({
    code: 'truncate-pending',
  });
  const report = await sync({ databaseUrl: database.url });
  expect(report.phases[1]?.reloadedBatches).toBeGreaterThan(0);
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
});

test('a run that is written to all the time ends verified, to the last key', async () => {
  const database = await prepared({ mixture, submissions: 200, oddShare: 0 });
  const client = await database.client();
  let going = true;
  const writer = (async () => {
    for (let n = 0; going; n += 1) {
      await client.query(
        'update public.opportunities set app_name = $1 where id = (select id from public.opportunities order by md5(id::text || $1) limit 1)',
        [`w${n}`],
      );
      await client.query(
        'update public.opportunity_scores set scoring_notes = $1 where id = (select id from public.opportunity_scores order by md5(id::text || $1) limit 1)',
        [`w${n}`],
      );
    }
  })();
  const report = await run({ databaseUrl: database.url, batchSize: 100 });
  going = false;
  await writer;
  expect(
    report.phases.map(({ state, verification }) => [state, verification?.equal, verification?.pendingKeys]),
  ).toEqual([
    ['verified', true, 0],
    ['verified', true, 0],
  ]);
  await sync({ databaseUrl: database.url });
  await expectEqual(client, pairsOf(mixture));
});
