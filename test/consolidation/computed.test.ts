import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, plan, rollback, run, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';

/** Payments of two systems: a sign that depends on a word, cents and units, two state words, types of all sorts. */
const old = d.source('old_payments', {
  identity: ['tenant' as never, 'no' as never],
  match: [
    d.same(d.key('payment', { tenant: d.exact, no: d.wholeNumber }), { tenant: 'tenant', no: 'no' } as never),
  ],
  prefix: 'old',
});
const api = d.source('api_payments', {
  identity: ['key' as never],
  match: [
    d.same(d.key('payment', { tenant: d.exact, no: d.wholeNumber }), { tenant: 'org', no: 'ref' } as never),
  ],
  prefix: 'api',
});
const payments = d.consolidation('payments', {
  into: 'payments',
  sources: [old, api],
  columns: {
    amount: d.numeric(
      d.computed(old, `case when kind = 'refund' then -amount else amount end`),
      d.times((api as never as { cents: d.Column<number> }).cents, '0.01'),
    ),
    state: d.text(
      d.computed(old, `case when paid and not void then 'paid' when void then 'void' else 'open' end`),
      d.computed(api, 'status'),
    ),
    tags: d.as(
      'public.citext[]',
      d.computed(old, 'tags'),
      d.computed(api, 'labels::text[]::public.citext[]'),
    ),
    about: d.json(
      d.computed(old, `jsonb_build_object('kind', kind, 'raw', raw)`),
      d.computed(api, `jsonb_build_object('kind', extra->'kind')`),
    ),
    raw: d.as('bytea', d.computed(old, 'raw')),
  },
});
const project = projectOf([payments]);

test('what the server works out from rows becomes columns, and the rows come back as they were', async () => {
  const database = await createTestDatabase('computed');
  const databaseUrl = database.url;
  await database.query(`
    create extension citext;
    create type mood as enum ('ok', 'bad');
    create table old_payments (tenant text, no int, kind text not null, amount numeric(10,2), paid boolean, void boolean not null default false, tags citext[], raw bytea, r mood, primary key (tenant, no));
    create table api_payments (key uuid primary key default gen_random_uuid(), org text, ref text, cents bigint, status text, labels varchar[], extra jsonb);
    insert into old_payments select 'T' || i % 3, i, case when i % 4 = 0 then 'refund' else 'sale' end, i + 0.5, i % 2 = 0, i % 7 = 0, array['A' || i, 'b']::citext[], decode(lpad(to_hex(i), 4, '0'), 'hex'), 'ok' from generate_series(1, 60) i;
    insert into api_payments (org, ref, cents, status, labels, extra) select 'T' || i % 3, '00' || i, i * 100, 'open', array['x'], '{"kind": {"deep": [1, 2.0]}}' from generate_series(40, 90) i`);
  expect((await plan({ databaseUrl, project })).stops).toEqual([]);
  const rows = async () =>
    (
      await database.query(
        `select (select jsonb_agg(to_jsonb(o) order by tenant, no) from old_payments o) as old, (select jsonb_agg(to_jsonb(a) order by key) from api_payments a) as api`,
      )
    ).rows[0];
  const before = await rows();
  await run({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  const one = async (no: number) =>
    (
      await database.query(
        `select amount::float8, state, tags::text, about, encode(raw, 'hex') as raw, from_api_payments as api from payments where old_no = ${no} or (old_no is null and api_ref = '00${no}')`,
      )
    ).rows;
  expect(await one(44)).toEqual([
    {
      amount: -44.5,
      state: 'paid',
      tags: '{A44,b}',
      about: { kind: 'refund', raw: '\\x002c' },
      raw: '002c',
      api: true,
    },
  ]);
  expect(await one(90)).toEqual([
    { amount: 90, state: 'open', tags: '{x}', about: { kind: { deep: [1, 2.0] } }, raw: null, api: true },
  ]);
  await cutover({ databaseUrl, project, noBackup: true });
  expect(await rows()).toEqual(before);
  // What is worked out follows at once, and is no other thing after the next sync.
  await database.query(`update payments set old_kind = 'refund' where old_no = 5`);
  expect((await one(5))[0]).toMatchObject({ amount: -5.5, about: { kind: 'refund' } });
  await expect(database.query('update payments set amount = 1 where old_no = 5')).rejects.toThrow(
    'The value for amount cannot be held',
  );
  await expect(database.query('update payments set amount = 1 where old_no = 45')).rejects.toThrow(
    'Column amount comes from columns of old_payments',
  );
  await database.query(`update old_payments set void = true where no = 6`);
  await sync({ databaseUrl, project });
  expect(await one(6)).toMatchObject([{ state: 'void' }]);
  expect((await one(5))[0]).toMatchObject({ amount: -5.5 });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  await rollback({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
});

test('what the server cannot work out stops a plan, and says so', async () => {
  const database = await createTestDatabase('refused');
  const databaseUrl = database.url;
  await database.query(
    `create table t (id int primary key, a text); insert into t values (0, 'a'), (1, 'b')`,
  );
  const t = d.source('t', { identity: ['id' as never] });
  const wrong = projectOf([
    d.consolidation('c', {
      into: 'u',
      sources: [t],
      columns: {
        x: d.text(d.computed(t, 'b || a')),
        y: d.as('citext', d.computed(t, 'a')),
        z: d.integer(d.computed(t, '10 / id')),
      },
    }),
  ]);
  expect((await plan({ databaseUrl, project: wrong })).stops).toMatchObject([
    { code: 'bad-computed', message: expect.stringContaining('column "b" does not exist') },
    { code: 'bad-computed', message: expect.stringContaining('type "citext" does not exist') },
    { code: 'bad-computed', message: expect.stringContaining('work out z of t as it is declared: division') },
  ]);
});

test('a later row of which a value cannot be worked out is named, by every verb that reads it', async () => {
  const database = await createTestDatabase('refused');
  const databaseUrl = database.url;
  await database.query(
    `create table t (a int, id int, primary key (a, id)); insert into t select 1, i from generate_series(1, 9) i`,
  );
  const t = d.source('t', { identity: ['a' as never, 'id' as never] });
  const tenths = projectOf([
    d.consolidation('c', {
      into: 'u',
      sources: [t],
      columns: { a: d.integer(d.computed(t, 'a')), z: d.integer(d.computed(t, '10 / id')) },
    }),
  ]);
  await run({ databaseUrl, project: tenths });
  await database.query('insert into t values (1, 20), (1, 0), (2, 3)');
  const named = {
    code: 'bad-computed',
    message: expect.stringMatching(/work out z of t \(1, 0\) as phase c declares it: division by zero/),
    next: expect.stringMatching(/rollback --phase c/),
  };
  await expect(sync({ databaseUrl, project: tenths })).rejects.toMatchObject(named);
  await expect(run({ databaseUrl, project: tenths, batches: { from: 1, to: 1 } })).rejects.toMatchObject(
    named,
  );
  await database.query('update t set id = 50 where id = 0');
  expect((await sync({ databaseUrl, project: tenths })).phases).toMatchObject([{ backlog: 0 }]);
  expect(await verify({ databaseUrl, project: tenths, strict: true })).toMatchObject({ equal: true });
});
