import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { backup, complete, cutover, rollbackFully, sync } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { asDrydock } from '../support/own-writes.js';
import { rollback, run } from '../support/unifying.js';
import { atSea, inHarbour } from './at-sea.js';

/** What a command with a stop in one of its phases must not have touched. */
async function touched(database: TestDatabase): Promise<unknown> {
  const { rows } = await database.query(
    `select p.phase, p.state = 'cut-over' as at_sea, p.state = 'completed' as done,
       (select sum(b.attempts)::int from drydock.batches b where b.phase_id = p.id) as attempts,
       (select count(*)::int from drydock.moved_tables m where m.phase_id = p.id and not m.dropped) as moved
     from drydock.phases p order by 1`,
  );
  return rows;
}

/** Makes one unified row of a phase another one than its legacy rows say, unseen by every trigger. */
async function falsify(database: TestDatabase, table: string, column: string): Promise<void> {
  await database.query(
    `alter table ${table} disable trigger user;
     update ${table} set ${column} = 'falsified' where id = (select id from ${table} order by id limit 1);
     alter table ${table} enable always trigger drydock_reverse_row`,
  );
}

async function inDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'drydock-all-first-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'backup');
}

test('complete: what stops one phase stops all, before the first one is completed or its tables are dropped', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  await backup({ databaseUrl, to: await inDirectory() });
  await cutover({ databaseUrl });
  await database.query('create view held as select id from drydock_legacy.opportunities');
  const before = await touched(database);
  const refused = await complete({ databaseUrl, dropLegacy: true });
  expect(refused.phases.map(({ phase, outcome, dropped }) => [phase, outcome, dropped])).toEqual([
    ['assessments', 'not-begun', []],
    ['opportunities', 'refused', []],
  ]);
  expect(await touched(database)).toEqual(before);
  // A difference is found before the first one is completed, too.
  await database.query('drop view held');
  await falsify(database, 'opportunities_unified', 'title');
  await expect(complete({ databaseUrl })).rejects.toMatchObject({ code: 'different' });
  expect(await touched(database)).toEqual(before);
});

test('cutover: what stops the second phase keeps the first one where it is', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  await database.query('create rule quiet as on delete to opportunity_scores do also select 1');
  await sync({ databaseUrl });
  const before = await touched(database);
  const refused = await cutover({ databaseUrl, noBackup: true });
  expect(refused.phases.map(({ phase, outcome }) => [phase, outcome])).toEqual([
    ['opportunities', 'not-begun'],
    ['assessments', 'refused'],
  ]);
  expect(await touched(database)).toEqual(before);
  await database.query('drop rule quiet on opportunity_scores');
  await asDrydock(
    database,
    `update opportunity_assessments set assessment_method = 'falsified' where id = (select min(id::text)::uuid from opportunity_assessments);
     update opportunity_assessments set legacy_total_score = 1 where legacy_total_score is not null`,
  );
  await expect(cutover({ databaseUrl, noBackup: true })).rejects.toMatchObject({ code: 'different' });
  expect(await touched(database)).toEqual(before);
});

test('rollback: what stops the last phase, or the drop behind it, keeps all of them where they are', async () => {
  const database = await atSea('A');
  const databaseUrl = database.url;
  const before = await touched(database);
  await database.query('create view on_view as select id from opportunities');
  for (const dryRun of [true, false])
    await expect(rollback({ databaseUrl, dryRun })).rejects.toMatchObject({ code: 'in-use' });
  expect(await touched(database)).toEqual(before);
  await database.query('drop view on_view; create view on_unified as select id from opportunities_unified');
  for (const dryRun of [true, false]) {
    await expect(rollback({ databaseUrl, drop: true, dryRun })).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringMatching(/on_unified/),
      state: 'Nothing was changed: no phase was touched.',
    });
  }
  expect(await touched(database)).toEqual(before);
  await database.query('drop view on_unified');
  await falsify(database, 'opportunities_unified', 'title');
  await expect(rollback({ databaseUrl })).rejects.toMatchObject({ code: 'different' });
  expect(await touched(database)).toEqual(before);
});

test('full rollback: all phases, or none', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  const from = await inDirectory();
  await backup({ databaseUrl, to: from });
  await cutover({ databaseUrl });
  const before = await touched(database);
  await database.query('create view on_unified as select id from opportunities_unified');
  await expect(
    rollbackFully({ databaseUrl, from, phases: ['opportunities', 'assessments'] }),
  ).rejects.toMatchObject({ code: 'in-use' });
  expect(await touched(database)).toEqual(before);
});

test('run and sync: what keeps a later phase from going on is found before an earlier one is loaded', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  await database.query('update opportunities set description = $$waits$$');
  const queue = `select count(*)::int as n from drydock.changes c join drydock.phases p on p.id = c.phase_id where p.phase = 'opportunities'`;
  const { rows: waiting } = await database.query(queue);

  await database.query('alter table opportunity_scores disable trigger drydock_capture_insert');
  await expect(sync({ databaseUrl })).rejects.toMatchObject({ code: 'capture-broken' });
  expect((await database.query(queue)).rows).toEqual(waiting);
  await database.query('alter table opportunity_scores enable always trigger drydock_capture_insert');

  const second = { from: 2, to: 2 };
  await database.query(
    `delete from drydock.batches b using drydock.phases p where p.id = b.phase_id and p.phase = 'assessments' and b.number = 2`,
  );
  const cut = await touched(database);
  await expect(run({ databaseUrl, batches: second })).rejects.toMatchObject({ code: 'impossible-range' });
  expect(await touched(database)).toEqual(cut);

  await database.query('drop table opportunity_assessment_records cascade');
  await expect(run({ databaseUrl, batches: { from: 1, to: 1 } })).rejects.toMatchObject({
    code: 'table-vanished',
  });
  expect(await touched(database)).toEqual(cut);
});
