import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { renderPlan } from '../../src/cli/render/plan.js';
import { PLAIN } from '../../src/cli/style.js';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { backup, complete, cutover, plan, rollbackFully, run, sync, verify } from '../../src/index.js';

import { createTestDatabase, type TestDatabase } from '../support/database.js';

interface Shop {
  id: number;
  mail: string | null;
  name: string;
}
interface Crm {
  ref: string;
  mail: string | null;
  title: string;
}

const shop = d.source<Shop>('shop', {
  identity: ['id'],
  match: [d.same(d.email, 'mail')],
  winner: 'smallest-identity',
});
const crm = d.source<Crm>('crm', { identity: ['ref'], match: [d.same(d.email, 'mail')] });
const declared = (referrers: readonly d.Referrer[], id: d.Column | undefined = shop.id) =>
  projectOf([
    d.consolidation('people', {
      into: 'people',
      ...(id !== undefined && { id }),
      sources: [crm, shop],
      columns: { mail: d.text(shop.mail, crm.mail), name: d.text(shop.name, crm.title) },
      referrers,
    }),
  ]);
const audit = d.referrer('audit', { by: ['customer'], names: shop });
const comments = d.referrer('comments', {
  type: 'about_type',
  by: ['about_id'],
  names: { Shop: shop, Crm: crm },
  becomes: 'id',
  as: 'Person',
});
const logs = d.referrer('logs', { by: ['crm_ref'], names: crm, becomes: 'left' });
const project = declared([audit, comments, logs]);

async function createWorld(): Promise<TestDatabase> {
  const database = await createTestDatabase('referrers');
  await database.query(`
    create table shop (id serial primary key, mail text, name text not null);
    create table crm (ref text primary key, mail text, title text not null);
    create table audit (no serial primary key, customer bigint, says text);
    create table comments (id serial primary key, about_type varchar(20), about_id varchar(20), body text);
    create table logs (crm_ref text, at int);
    insert into shop (mail, name) select 'm' || i % 20 || '@a.example', 'Shop ' || i from generate_series(1, 24) i;
    insert into crm select 'R' || i, 'M' || i || '@A.example', 'Crm ' || i from generate_series(15, 30) i;
    insert into audit (customer, says) select i, 'seen ' || i from generate_series(1, 26) i union all select null, 'nobody';
    insert into comments (about_type, about_id, body)
    select 'Shop', i::text, 's' || i from generate_series(1, 24) i union all select 'Crm', 'R' || i, 'c' || i from generate_series(15, 31) i
    union all select 'Order', '1', 'o' union all select 'Order', '2', 'o' union all select null, '3', 'n';
    insert into logs select 'R' || i, i from generate_series(15, 20) i`);
  return database;
}

const all = async (database: TestDatabase, sql: string) => (await database.query(sql)).rows;
const OUTSIDE = `select (select jsonb_agg(to_jsonb(t) order by no) from audit t) as audit, (select jsonb_agg(to_jsonb(t) order by id) from comments t) as comments,
  (select jsonb_agg(to_jsonb(t) order by at) from logs t) as logs`;

test('outside tables name the winner, the unified row, or what the views show; never silently, and back in a full rollback', {
  timeout: 180_000,
}, async () => {
  const database = await createWorld();
  const target = { databaseUrl: database.url, project };
  const before = await all(database, OUTSIDE);
  const planned = await plan(target);
  expect(planned.stops).toEqual([]);
  expect(planned.phases[0]?.referrers).toEqual([
    {
      table: 'public.audit', columns: ['customer'], type: null, becomes: 'winner', unknown: [],
      names: [{ word: null, source: 'shop', rows: 26, dangling: 2 }],
    },
    {
      table: 'public.comments', columns: ['about_id'], type: 'about_type', becomes: 'id', unknown: [{ word: 'Order', rows: 2 }],
      names: [{ word: 'Shop', source: 'shop', rows: 24, dangling: 0 }, { word: 'Crm', source: 'crm', rows: 17, dangling: 1 }],
    },
    {
      table: 'public.logs', columns: ['crm_ref'], type: null, becomes: 'left', unknown: [],
      names: [{ word: null, source: 'crm', rows: 6, dangling: 0 }],
    },
  ]); // biome-ignore format: a table
  const shown = renderPlan(planned, PLAIN).join('\n');
  expect(shown).toMatch(/Outside tables that name rows/);
  expect(shown.replaceAll(/\s+/g, ' ')).toMatch(
    /comments\.about_type holds 'Order' in 2 rows, which is declared to name no source/,
  );
  await run({ ...target, batchSize: 10 });
  const made = await mkdtemp(join(tmpdir(), 'drydock-referrers-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  const to = join(made, 'backup');
  await backup({ ...target, to });
  await cutover(target);
  await database.query(`insert into comments (about_type, about_id, body) values ('Shop', '3', 'late')`);
  expect(await all(database, OUTSIDE)).not.toEqual(before);
  await database.query(`delete from comments where body = 'late'`);
  expect(await all(database, OUTSIDE)).toEqual(before);
  await sync(target);
  expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });

  // A unique index that would not take two comments on one person stops it, by name.
  await database.query('create unique index one_audit on audit (customer)');
  const refused = await complete(target);
  expect(refused.phases[0]?.findings.filter(({ verdict }) => verdict === 'stops')).toEqual([
    expect.objectContaining({
      code: 'referrer',
      object: 'audit (customer)',
      why: expect.stringMatching(/^4 rows .* index public.one_audit does not take both/),
    }),
  ]);
  await database.query('drop index one_audit');
  const done = await complete(target);
  expect(
    done.phases[0]?.findings
      .filter(({ code }) => code === 'referrer')
      .map(({ verdict, object }) => [verdict, object]),
  ).toEqual([
    ['carried', 'public.audit (customer)'],
    ['warned', 'public.audit (customer)'],
    ['carried', 'public.comments (about_type, about_id)'],
    ['warned', 'public.comments (about_type, about_id)'],
    ['warned', 'public.comments (about_type, about_id)'],
    ['carried', 'public.logs (crm_ref)'],
  ]);
  // Four customers share a mail with another one; every comment on a row that is there names a person now.
  expect(done.phases[0]?.repointed).toBe(4 + 40);
  expect(
    await all(
      database,
      `select customer::int as id, says from audit where customer::text <> substr(says, 6) order by no`,
    ),
  ).toEqual([1, 2, 3, 4].map((id) => ({ id, says: `seen ${id + 20}` })));
  expect(
    await all(database, `select about_type, count(*)::int as n from comments group by 1 order by 1`),
  ).toEqual([
    { about_type: 'Crm', n: 1 },
    { about_type: 'Order', n: 2 },
    { about_type: 'Person', n: 40 },
    { about_type: null, n: 1 },
  ]);
  // By its id each comment finds the person that it was about.
  expect(
    await all(
      database,
      `select count(*)::int as n from comments c join people p on p.id = c.about_id::int where c.about_type = 'Person'
         and (c.body like 's%' and (p.shop_name = 'Shop ' || substr(c.body, 2) or exists (select from people_duplicates f where f.unified_id = p.unified_id and f.shop_id = substr(c.body, 2)::int))
           or c.body like 'c%' and p.crm_ref = 'R' || substr(c.body, 2))`.replace(
        'p.shop_name = ',
        `p.name = `,
      ),
    ),
  ).toEqual([{ n: 40 }]);
  // The ids of the shop stay, others get numbers behind them, and a new row the next one.
  expect(
    await all(database, `select count(*)::int as n, min(id) > 24 as behind from people where not from_shop`),
  ).toEqual([{ n: 11, behind: true }]);
  expect(
    await all(
      database,
      `select pg_get_constraintdef(oid) as is from pg_constraint where conrelid = 'people'::regclass and contype = 'p'`,
    ),
  ).toEqual([{ is: 'PRIMARY KEY (id)' }]);
  const [next] = await all(
    database,
    `insert into people (mail, name) values ('new@a.example', 'New') returning id, from_shop`,
  );
  expect(next).toEqual({ id: 36, from_shop: true });
  await rollbackFully({ ...target, from: to });
  expect(await all(database, OUTSIDE)).toEqual(before);
  expect(await all(database, `select to_regclass('people') is null as gone`)).toEqual([{ gone: true }]);
});

test('ids that are uuids, numbers that an application chooses itself, and what is refused', {
  timeout: 180_000,
}, async () => {
  const database = await createWorld();
  const target = { databaseUrl: database.url, project: declared([]) };
  await database.query('alter table shop alter column id drop default');
  await run(target);
  await cutover({ ...target, noBackup: true });
  await complete(target);
  expect(
    await all(
      database,
      `select count(*)::int as n, min(id) as first, count(distinct id)::int as ids from people where not from_shop`,
    ),
  ).toEqual([{ n: 11, first: 25, ids: 11 }]);
  expect(await all(database, `insert into people (mail) values ('x') returning id`)).toEqual([{ id: 36 }]);

  const other = await createWorld();
  await other.query(`create table keys (id uuid primary key default gen_random_uuid(), mail text, name text);
    insert into keys (mail, name) select mail, name from shop where id < 10`);
  const keys = d.source<{ id: string; mail: string; name: string }>('keys', {
    identity: ['id'],
    match: [d.same(d.email, 'mail')],
  });
  const uuids = {
    databaseUrl: other.url,
    project: projectOf([
      d.consolidation('keys', {
        into: 'keys',
        sources: [crm, keys],
        columns: { mail: d.text(keys.mail, crm.mail) },
      }),
    ]),
  };
  await run(uuids);
  const kept = await all(other, 'select id from keys order by 1');
  await cutover({ ...uuids, noBackup: true });
  await complete(uuids);
  expect(await all(other, 'select id from keys where from_keys order by 1')).toEqual(kept);
  expect(
    await all(
      other,
      'select count(*)::int as n, bool_and(id = unified_id) as same from keys where not from_keys',
    ),
  ).toEqual([{ n: 16, same: true }]);

  // A default that is no sequence says nothing of the numbers that others may get.
  const third = await createWorld();
  await third.query(
    `create function odd() returns int language sql as 'select 7'; alter table shop alter column id set default odd()`,
  );
  const unknown = { databaseUrl: third.url, project: declared([]) };
  await run(unknown);
  await cutover({ ...unknown, noBackup: true });
  expect(
    (await complete(unknown)).phases[0]?.findings.filter(({ verdict }) => verdict === 'stops'),
  ).toMatchObject([
    {
      code: 'ids',
      why: 'Its default public.odd() is no sequence: which ids the other rows may get, nobody knows.',
    },
  ]);
});

test('what cannot be meant is refused by name', async () => {
  const database = await createWorld();
  await database.query(
    'alter table comments drop column about_type; alter table shop alter column id type text',
  );
  const { stops } = await plan({ databaseUrl: database.url, project });
  expect(
    stops.filter(({ code }) => code.startsWith('bad-')).map(({ code, message }) => [code, message]),
  ).toEqual([
    ['bad-target', 'shop.id is of type text, of which Drydock makes no ids for rows that have none.'],
    [
      'bad-referrer',
      'Referrer comments (about_type, about_id): It has no column about_type, which the declaration names.',
    ],
  ]);
  const into = (more: Partial<d.ConsolidationOptions>) => () =>
    d.consolidation('x', { into: 'shop', sources: [shop, crm], columns: {}, ...more });
  expect(into({ columns: { who: d.text(shop.name, crm.title) } })).toThrow(
    /shop\.name goes into who, and applications read it as name/,
  );
  expect(into({ id: crm.ref })).toThrow(/The ids of shop stay/);
  expect(into({ into: 'people', id: crm.title })).toThrow(/rows of crm are told apart by ref/);
  expect(into({ columns: { unified_id: d.text(crm.title) } })).toThrow(/one of Drydock's own/);
  expect(into({ duplicates: 'shop' })).toThrow(/shop/);
  expect(into({ sources: [d.source<Shop>('shop', { identity: ['id', 'mail'] })] })).toThrow(
    /told apart by id, mail/,
  );
  expect(into({ sources: [d.source<Shop>('shop', { identity: ['id'], schema: 'old' })] })).toThrow(
    /in schema old/,
  );
  expect(into({ sources: [d.source<Shop>('shop', { identity: ['id'], prefix: 's' })] })).toThrow(
    /prefix "s"/,
  );
  expect(into({ referrers: [d.referrer('crm', { by: ['ref'], names: shop })] })).toThrow(/is a source of x/);
  expect(() => d.referrer('t', { by: ['a', 'b'], names: shop })).toThrow(/told apart by id/);
  expect(() => d.referrer('t', { by: ['a'], type: 'k', names: { Shop: shop }, becomes: 'id' })).toThrow(
    /does not say the word/,
  );
  expect(() => d.referrer('t', { by: ['a'], names: shop, as: 'X' })).toThrow(/gets none/);
});
