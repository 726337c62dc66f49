import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import {
  backup,
  bench,
  complete,
  cutover,
  monitor,
  plan,
  report,
  restore,
  rollbackFully,
  run,
  status,
  sync,
  verify,
} from '../../src/index.js';
import { customers } from '../declare/shop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createShop } from './shop-database.js';
import { createTenants, people, tags } from './tenants.js';

/** Three consolidations in one project, one of them over two schemas, one of a single table. */
const project = projectOf([customers, people, tags]);
const REDDITHARBOR = /reddit|opportunit|submission|assessment/i;

async function allTables(): Promise<TestDatabase> {
  const database = await createTestDatabase('verbs');
  await createShop(database);
  await createTenants(database);
  return database;
}

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'drydock-verbs-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'backup');
}

const rowsOf = async (database: TestDatabase, sql: string) => (await database.query(sql)).rows;

const LEGACY = `select (select jsonb_agg(to_jsonb(t) order by id) from shop_customers t) as shop, (select jsonb_agg(to_jsonb(t) order by ref) from crm_people t) as crm,
  (select jsonb_agg(to_jsonb(t) order by tenant, number) from accounts t) as accounts, (select jsonb_agg(to_jsonb(t) order by org, code) from club.members t) as members,
  (select jsonb_agg(to_jsonb(t) order by tag) from tags t) as tags`;

describe('every verb, with the consolidations of strangers', () => {
  test('parts, writes, an emptied table, following, and what operators look at', {
    timeout: 180_000,
  }, async () => {
    const database = await allTables();
    const databaseUrl = database.url;
    const planned = await plan({ databaseUrl, project });
    expect(planned.stops).toEqual([]);
    expect(planned.phases.map(({ phase }) => phase)).toEqual(['customers', 'people', 'tags']);
    await run({ databaseUrl, project, batchSize: 60, concurrency: 2 });
    const equal = async () =>
      expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
    await equal();
    const ofPeople = { databaseUrl, project, phases: ['people'] };
    expect(await verify({ ...ofPeople, batches: { from: 1, to: 2 } })).toMatchObject({ equal: true });
    await run({ ...ofPeople, batches: { from: 2, to: 3 } });
    const half = '80000000-0000-0000-0000-000000000000';
    await run({ ...ofPeople, keys: { from: half } });
    expect(await verify({ ...ofPeople, keys: { to: half } })).toMatchObject({ equal: true });
    // By the declared times alone: every account expires much later.
    const later = await run({ ...ofPeople, since: '2090-01-01' });
    expect(later.phases[0]?.batches).toMatchObject({ loaded: 0 });
    await database.query(`update club.members set seen = '2091-01-01' where (org, code) = (1, 'c1')`);
    expect((await run({ ...ofPeople, since: '2090-01-01' })).phases[0]?.batches).toMatchObject({ loaded: 1 });
    await expect(run({ databaseUrl, project, phases: ['tags'], since: '2090' })).rejects.toMatchObject({
      code: 'impossible-range',
      message: expect.stringMatching(/^Source tags has no declared times/),
    });
    const { phases } = await status({ databaseUrl, project, batchList: true });
    expect(phases.map(({ phase, state }) => [phase, state])).toEqual([
      ['customers', 'verified'],
      ['people', 'verified'],
      ['tags', 'verified'],
    ]);
    await database.query(`
      update accounts set mail = 'new@a.example' where number = 7;
      update accounts set number = 1000 + number where tenant = 2 and number < 5;
      delete from club.members where code = 'c10';
      insert into club.members (org, code, account_no, title) values (1, 'new', 1001, 'New'), (2, 'new', 1001, 'New');
      update shop_customers set loyalty = 0.25 where id < 20;
      update tags set tag = 'tag x' where tag = 'tag 3'`);
    await sync({ databaseUrl, project });
    await equal();
    await database.query('create table kept as table club.members; truncate club.members');
    await sync({ databaseUrl, project });
    await equal();
    await database.query('insert into club.members select * from kept');
    const controller = new AbortController();
    const { signal } = controller;
    const following = sync({ databaseUrl, project, follow: true, intervalSeconds: 0.1, signal });
    await database.query(`update club.members set title = 'Followed' where code = 'c1'`);
    for (let wait = 0; wait < 200; wait += 1) {
      const left = await rowsOf(database, 'select from drydock.changes limit 1');
      if (left.length === 0) break;
      await sleep(50);
    }
    controller.abort();
    expect(await following).toMatchObject({ outcome: 'stopped' });
    await equal();
    const { report: story, html } = await report({ databaseUrl, project });
    expect(JSON.stringify(story)).not.toMatch(REDDITHARBOR);
    expect(html).not.toMatch(REDDITHARBOR);
    for await (const check of monitor({ databaseUrl, project, checks: 1, intervalSeconds: 1 }))
      expect(JSON.stringify(check)).not.toMatch(REDDITHARBOR);
    // Without questions of its own, look-ups in both forms.
    const benched = await bench({ databaseUrl, project, performanceOnly: true, questionSeconds: 0 });
    expect(benched.queries.filter(({ status: is }) => is !== 'measured')).toEqual([]);
    expect(benched.queries.map(({ name, rows }) => [name, rows])).toEqual(
      expect.arrayContaining([
        ['crm-people-by-identity', 25],
        ['members-by-identity', 25],
        ['accounts-under-its-old-name', 25],
        ['people-by-match-key', expect.any(Number)],
      ]),
    );
  });

  test('a backup, the cutover, a completion without the old tables, and all the way back', {
    timeout: 180_000,
  }, async () => {
    const database = await allTables();
    const databaseUrl = database.url;
    const before = await rowsOf(database, LEGACY);
    await run({ databaseUrl, project });
    const to = await directory();
    await backup({ databaseUrl, project, to });
    await database.query('create schema again');
    await restore({ databaseUrl, from: to, into: 'again' });
    expect(await rowsOf(database, 'select count(*)::int as n from again.members')).toEqual([{ n: 150 }]);
    await cutover({ databaseUrl, project });
    expect(await rowsOf(database, LEGACY)).toEqual(before);
    const inserted = await rowsOf(
      database,
      `insert into accounts (tenant, number, mail) values (9, 1, 'late@a.example') returning label, active, opened = current_date as today`,
    );
    expect(inserted).toEqual([{ label: null, active: true, today: true }]);
    await sync({ databaseUrl, project });
    expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
    const done = await complete({ databaseUrl, project, dropLegacy: true });
    expect(done.phases.map(({ phase, outcome, dropped }) => [phase, outcome, dropped.length])).toEqual([
      ['tags', 'completed', 1],
      ['people', 'completed', 2],
      ['customers', 'completed', 2],
    ]);
    // A new row is one of the first source, with its defaults; nothing goes by what a column is called.
    expect(
      await rowsOf(
        database,
        `insert into customers_unified (name) values ('New') returning shop_id, state, from_shop_customers as shop, from_crm_people as crm, created_at is not null as dated, loyalty`,
      ),
    ).toEqual([{ shop_id: 221, state: 'lead', shop: true, crm: false, dated: true, loyalty: null }]);
    expect(
      await rowsOf(
        database,
        `insert into people_unified (accounts_tenant, accounts_number) values (9, 2) returning title, accounts_active, accounts_opened = current_date as today, members_status, since is not null as dated`,
      ),
    ).toEqual([{ title: 'nobody', accounts_active: true, today: true, members_status: null, dated: true }]);
    expect(
      await rowsOf(
        database,
        `insert into tags_unified (tags_tag) values ('new') returning tags_no, tags_status`,
      ),
    ).toEqual([{ tags_no: 31, tags_status: 'on trial' }]);
    expect(await rowsOf(database, `select id, state from shop_customers where full_name = 'New'`)).toEqual([
      { id: 221, state: 'Lead' },
    ]);
    await rollbackFully({ databaseUrl, project, from: to });
    expect(await rowsOf(database, LEGACY)).toEqual(before);
    expect(
      await rowsOf(database, `select count(*)::int as n from pg_namespace where nspname ~ '^drydock'`),
    ).toEqual([{ n: 0 }]);
  });

  test('an optional source that is not in the database is left out, and the others go their way', {
    timeout: 180_000,
  }, async () => {
    const database = await allTables();
    const databaseUrl = database.url;
    await database.query('drop schema club cascade; drop table shop_customers');
    const planned = await plan({ databaseUrl, project });
    expect(planned.stops).toEqual([]);
    await run({ databaseUrl, project });
    await cutover({ databaseUrl, project, noBackup: true });
    const [made] = await rowsOf(
      database,
      `insert into customers_unified (crm_ref, name) values ('N-1', 'New') returning from_crm_people as crm`,
    );
    expect(made).toEqual({ crm: true });
    await sync({ databaseUrl, project });
    expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
    await complete({ databaseUrl, project });
    const after = await rowsOf(
      database,
      `insert into customers_unified (crm_ref, name) values ('N-2', 'New') returning from_shop_customers as shop, from_crm_people as crm`,
    );
    expect(after).toEqual([{ shop: false, crm: true }]);
    expect(
      await rowsOf(database, `select name from crm_people where ref like 'N-_' order by 1`),
    ).toHaveLength(2);
  });
});
