import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHAPE_A } from '../../fixtures/mixture.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { backup, complete, restore, sync, verify } from '../../src/index.js';
import { workDirectory } from '../backup/place.js';
import { cutOver } from '../cutover/at-sea.js';
import { fill } from '../fixtures/filled.js';
import { createTestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { plan, rollback, run } from '../support/unifying.js';

/** What every object of JavaScript has, or takes for something else. */
const NAMES = [
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__proto__',
  '__defineGetter__',
  'prototype',
  'then',
  'length',
  'rows',
];

test('columns, types and statistics that are called as the members of every object', async () => {
  const database = await createTestDatabase('object_names');
  const databaseUrl = database.url;
  await fill(database, { mixture: SHAPE_A, submissions: 40, oddShare: 0.2 });
  await database.query(
    `create type "constructor" as enum ('a'); create type "__proto__" as ("valueOf" int, "toString" text)`,
  );
  for (const table of unifiedTables(SHAPE_A)) {
    await database.query(
      `alter table ${table} ${NAMES.map((name) => `add column "${name}" text default '${name}'`).join(', ')},
         add column typed "constructor" default 'a', add column "made of" "__proto__" default '(1,x)'`,
    );
  }
  await database.query(
    `create statistics "constructor" on "constructor", "__proto__" from opportunities;
     create index "toString" on opportunities ("__proto__")`,
  );
  const client = await database.client();

  expect((await plan({ databaseUrl })).stops).toEqual([]);
  const report = await run({ databaseUrl, batchSize: 40 });
  expect(report).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }, { state: 'verified' }] });
  await expectEqual(client, pairsOf(SHAPE_A));

  const to = join(workDirectory(), 'backup');
  await backup({ databaseUrl, to });
  await restore({ databaseUrl, from: to, into: 'valueOf', verify: true });

  await database.query(`update opportunities set "constructor" = 'changed', "__proto__" = null`);
  await sync({ databaseUrl });
  await expectEqual(client, pairsOf(SHAPE_A));
  expect(await verify({ databaseUrl, strict: true })).toMatchObject({ equal: true });

  // A difference in such a column is named.
  await database.query('begin; alter table opportunities_unified disable trigger user; commit');
  await database.query(
    `update opportunities_unified set "opportunity___proto__" = 'planted' where from_opportunities`,
  );
  const { phases } = await verify({ databaseUrl, phases: ['opportunities'] });
  const columns = phases[0]?.tables[0]?.differences.flatMap((one) => one.columns.map(({ column }) => column));
  expect(new Set(columns)).toEqual(new Set(['__proto__']));
  await database.query(`update opportunities_unified set "opportunity___proto__" = null`);
  await database.query('alter table opportunities_unified enable trigger user');

  await cutOver(database);
  await database.query(`update opportunities set "toString" = 'old name', "__proto__" = 'old name'`);
  const { rows } = await database.query<{ id: string }>(
    `update opportunities_unified set "opportunity_constructor" = 'direct' where id = (select min(id::text) from opportunities)::uuid returning id`,
  );
  await sync({ databaseUrl });
  expect(await verify({ databaseUrl, strict: true })).toMatchObject({ equal: true });
  const back = await rollback({ databaseUrl });
  expect(back.phases.map(({ reverted }) => reverted?.catalogDifferences)).toEqual([[], []]);
  expect(
    (
      await database.query(
        `select id, "constructor", "__proto__" from opportunities where "constructor" = 'direct'`,
      )
    ).rows,
  ).toMatchObject([{ id: rows[0]?.id, constructor: 'direct' }]);

  // A column that came, or went, is named.
  await database.query('alter table opportunities rename column "valueOf" to "isPrototypeOf"');
  await expect(run({ databaseUrl })).rejects.toMatchObject({
    code: 'configuration-changed',
    message: expect.stringMatching(
      /column opportunities\.valueOf was text, and is not there any more; column opportunities\.isPrototypeOf was not there, now text/,
    ),
  });
  await database.query('alter table opportunities rename column "isPrototypeOf" to "valueOf"');
  await cutOver(database);
  const done = await complete({ databaseUrl });
  expect(done.phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
});
