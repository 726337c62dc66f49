import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { adopt, cutover, plan, rollback, run, status, sync, verify } from '../../src/index.js';
import { strand } from '../adopt/copies.js';
import { customers } from '../declare/shop.js';
import { createTestDatabase } from '../support/database.js';
import { createShop } from './shop-database.js';
import { createTenants, tenants } from './tenants.js';

test('what cannot be restructured as it is declared is refused by name, before anything is made', async () => {
  const database = await createTestDatabase('refusals');
  const databaseUrl = database.url;
  await database.query(`
    create table people (code text, tenant int, mail text, primary key (code, tenant));
    create table calls (no int primary key, person text, score text)`);
  const people = d.source<{ code: string; mail: string }>('people', {
    identity: ['code'],
    match: [d.same(d.email, 'mail')],
  });
  const calls = d.source<{ no: number; person: string; score: number }>('calls', {
    identity: ['no'],
    match: [d.via(people, 'person')],
    times: { created: ['made' as never] },
  });
  const project = projectOf([
    d.consolidation('talks', {
      into: 'talks_unified',
      sources: [people, calls],
      columns: { score: d.score(d.unit(calls.score)) },
    }),
  ]);
  const { stops } = await plan({ databaseUrl, project });
  expect(stops.map(({ code, message }) => [code, message])).toEqual(
    expect.arrayContaining([
      [
        'no-unique-id',
        expect.stringMatching(
          /^Rows of table public\.people are declared to be told apart by code, which have no primary key/,
        ),
      ],
      ['missing-columns', expect.stringMatching(/public\.calls has no column made/)],
    ]),
  );
  await expect(run({ databaseUrl, project })).rejects.toMatchObject({
    code: expect.stringMatching(/./),
    next: expect.stringMatching(/./),
  });
  expect((await database.query(`select from pg_namespace where nspname = 'drydock'`)).rows).toEqual([]);
});

test('a table that is altered, and a copy that is adopted', async () => {
  const database = await createTestDatabase('refusals');
  const databaseUrl = database.url;
  await createShop(database);
  const project = projectOf([customers]);
  await run({ databaseUrl, project });
  await database.query('alter table crm_people alter column score type numeric');
  await expect(sync({ databaseUrl, project })).rejects.toMatchObject({
    code: 'configuration-changed',
    message: expect.stringMatching(/column crm_people\.score was integer, now numeric/),
  });
  await database.query('alter table crm_people alter column score type int');
  await cutover({ databaseUrl, project, noBackup: true });
  await strand(database);
  expect(await status({ databaseUrl, project })).toMatchObject({ copyOf: { needsAdoption: true } });
  await expect(verify({ databaseUrl, project })).rejects.toMatchObject({ code: 'needs-adoption' });
  expect(await adopt({ databaseUrl, project })).toMatchObject({ outcome: 'adopted', findings: [] });
  await database.query(
    `update shop_customers set city = 'Adopted' where id = 3; update customers_unified set name = 'Adopted' where shop_id = 5`,
  );
  await sync({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  await rollback({ databaseUrl, project });
  expect((await database.query(`select full_name from shop_customers where id = 5`)).rows).toEqual([
    { full_name: 'Adopted' },
  ]);
});

test('a schema of the command beside that of a source, and a command that names one phase', async () => {
  const database = await createTestDatabase('refusals');
  const databaseUrl = database.url;
  await createTenants(database);
  await database.query('create schema home; alter table accounts set schema home');
  const there = { databaseUrl, project: tenants, schema: 'home', phases: ['people'] };
  await run(there);
  await cutover({ ...there, noBackup: true });
  await database.query(
    `update club.members set title = 'Here' where code = 'c2'; update home.accounts set label = 'There' where number = 2`,
  );
  await sync(there);
  expect(await verify({ ...there, strict: true })).toMatchObject({ equal: true });
  await rollback({ ...there, drop: true });
  expect(
    (await database.query(`select count(*)::int as n from club.members where title = 'Here'`)).rows,
  ).toEqual([{ n: 3 }]);
});
