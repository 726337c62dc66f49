import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import {
  adopt,
  backup,
  bench,
  complete,
  cutover,
  plan,
  restore,
  rollback,
  rollbackFully,
  run,
  status,
  sync,
  verify,
} from '../../src/index.js';
import { strand } from '../adopt/copies.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

interface Contact {
  id: number;
  email: string;
  name: string;
  kind: string;
  team_id: number | null;
  joined: Date;
}
interface Lead {
  no: number;
  mail: string | null;
  who: string;
  found: Date;
}

const contacts = d.source<Contact>('contacts', {
  identity: ['id'],
  match: [d.same(d.email, 'email')],
  times: { created: ['joined'] },
});
const leads = d.source<Lead>('leads', {
  identity: ['no'],
  match: [d.same(d.email, 'mail')],
  times: { created: ['found'] },
  prefix: 'lead',
});
const project = projectOf([
  d.consolidation('contacts', {
    into: 'contacts',
    sources: [leads, contacts],
    columns: {
      name: d.text(contacts.name, leads.who),
      email: d.text(contacts.email, leads.mail),
      joined: d.earliest,
    },
  }),
]);

const APP = 'drydock_target_app';

/** Contacts with ids, defaults, indexes, a key from outside and the rights of an application; leads whose numbers collide. */
async function createContacts(database: TestDatabase): Promise<void> {
  await database.query(`
    do $$ begin if not exists (select from pg_roles where rolname = '${APP}') then create role ${APP}; end if; end $$;
    create table teams (id int primary key);
    insert into teams values (1), (2);
    create table contacts (
      id int generated always as identity primary key,
      email varchar(80) not null unique,
      name text not null default 'nobody',
      kind varchar(10) not null default 'plain' check (kind <> ''),
      team_id int references teams,
      joined timestamptz not null default now()
    );
    create index contacts_team_id_idx on contacts (team_id, id);
    create unique index contacts_lower on contacts (lower(email));
    create table leads (no serial primary key, mail text, who text not null, found timestamptz not null default now());
    create table orders (id serial primary key, contact_id int references contacts on delete cascade, lead_no int references leads);
    insert into contacts (email, name, kind, team_id, joined)
    select 'c' || i || '@a.example', 'Contact ' || i, case when i % 3 = 0 then 'vip' else 'plain' end, 1 + i % 2, timestamptz '2024-01-01 00:00Z' + i * interval '1 hour' from generate_series(1, 40) i;
    -- An id written by hand, which the sequence does not know.
    insert into contacts (id, email) overriding system value values (70, 'hand@a.example');
    insert into leads (mail, who, found)
    select case when i % 4 = 0 then 'C' || i || '@A.example' when i % 7 > 0 then 'lead' || i || '@b.example' end, 'Lead ' || i, timestamptz '2023-01-01 00:00Z' + i * interval '1 hour' from generate_series(1, 60) i;
    insert into orders (contact_id, lead_no) select 1 + i % 40, 1 + i % 60 from generate_series(1, 90) i;
    grant select, insert, update, delete on contacts to ${APP}; grant usage on all sequences in schema public to ${APP}`);
}

const all = async (database: TestDatabase, sql: string) => (await database.query(sql)).rows;

const ROWS = `select (select jsonb_agg(to_jsonb(t) order by id) from contacts t) as contacts, (select jsonb_agg(to_jsonb(t) order by no) from leads t) as leads,
  (select jsonb_agg(to_jsonb(t) order by id) from orders t) as orders`;

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'drydock-target-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'backup');
}

/** What an application sends under the name in every state, with its own rights. @param by marks its rows */
async function useContacts(database: TestDatabase, by: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  const asked = [
    `insert into contacts (email) values ('${by}@app.example') returning id, name, kind, team_id, joined is not null as dated`,
    `insert into contacts (email, name) values ('${by}@app.example', 'Twice') on conflict (email) do update set name = excluded.name returning name, kind`,
    `insert into contacts (email, kind) values ('${by}2@app.example', 'vip') on conflict (email) do nothing returning kind`,
    `update contacts set team_id = 2 where email = 'c5@a.example' returning id, email, name, kind, team_id`,
    `delete from contacts where email = '${by}2@app.example' returning name`,
    `select id, email, name, kind, team_id from contacts where id = 7`,
    `select count(*)::int as n from contacts where team_id = 1`,
  ];
  const client = await database.client();
  await client.query(`set role ${APP}`);
  for (const sql of asked) answers.push((await client.query(sql)).rows);
  await client.end();
  return answers;
}

test('a table that is there takes the others in, and its applications go on in every state', {
  timeout: 180_000,
}, async () => {
  const database = await createTestDatabase('target');
  const databaseUrl = database.url;
  const target = { databaseUrl, project };
  await createContacts(database);
  const equal = async () => expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });
  const before = await all(database, ROWS);
  const planned = await plan(target);
  expect(planned.stops).toEqual([]);
  await run({ ...target, batchSize: 50 });
  await equal();
  const to = await directory();
  await backup({ ...target, to });
  const first = await useContacts(database, 'a');
  expect(first).toEqual([
    [{ id: 41, name: 'nobody', kind: 'plain', team_id: null, dated: true }],
    [{ name: 'Twice', kind: 'plain' }],
    [{ kind: 'vip' }],
    [{ id: 5, email: 'c5@a.example', name: 'Contact 5', kind: 'plain', team_id: 2 }],
    [{ name: 'nobody' }],
    [{ id: 7, email: 'c7@a.example', name: 'Contact 7', kind: 'plain', team_id: 2 }],
    [{ n: 20 }],
  ]);
  await sync(target);
  await equal();
  await cutover(target);
  const same = (answers: readonly unknown[]) => answers.slice(1);
  expect(same(await useContacts(database, 'b'))).toEqual(same(first));
  await database.query(`
    insert into contacts_unified (email, kind) values ('direct@a.example', 'vip');
    update contacts_unified set name = 'Direct' where contacts_id = 9`);
  expect(await all(database, `select name from contacts where id = 9`)).toEqual([{ name: 'Direct' }]);
  await sync(target);
  await equal();
  await rollback(target);
  expect(same(await useContacts(database, 'c'))).toEqual(same(first));
  await sync(target);
  await equal();
  await cutover(target);
  const legacy = await all(database, ROWS);
  const ids = new Set((legacy[0]?.contacts as { id: number }[] | undefined)?.map(({ id }) => id));
  const looked = await complete({ ...target, dryRun: true });
  expect(looked.phases[0]?.findings.filter(({ code }) => ['ids', 'target'].includes(code))).toEqual([
    expect.objectContaining({
      verdict: 'carried',
      why: expect.stringMatching(/^Its values become id .* 50 rows of other tables get new numbers/),
    }),
    expect.objectContaining({ verdict: 'carried', object: 'public.contacts' }),
    expect.objectContaining({
      verdict: 'warned',
      object: 'public.contacts, index contacts_lower',
      why: expect.stringMatching(/of an expression/),
    }),
    expect.objectContaining({
      verdict: 'warned',
      why: expect.stringMatching(/check contacts_kind_check, foreign key contacts_team_id_fkey/),
    }),
  ]);
  // One that gives up has given ids already: what has one by then is written directly as before, and keeps being proven.
  const reader = await database.client();
  await reader.query('begin; select from contacts_unified limit 1');
  await expect(complete({ ...target, patience: 1 })).rejects.toMatchObject({ code: 'locked' });
  await reader.query('commit');
  const numbered = `not from_contacts and contacts_id is not null`;
  expect(await all(database, `select count(*)::int as n from contacts_unified where ${numbered}`)).toEqual([
    { n: 50 },
  ]);
  await database.query(`update contacts_unified set name = 'Numbered' where lead_no = 1 and ${numbered}`);
  await equal();
  const done = await complete({ ...target, dropLegacy: true });
  expect(done.phases).toMatchObject([
    { outcome: 'completed', dropped: ['drydock_legacy.contacts', 'drydock_legacy.leads'] },
  ]);
  expect((await complete(target)).phases).toMatchObject([{ outcome: 'already-completed' }]);
  expect(await status(target)).toMatchObject({ phases: [{ state: 'completed' }] });

  // One table under the name, whose ids stayed; the others have numbers behind them; the outside keys name it.
  const things = await all(database, 'select * from contacts order by id');
  const kept = things.filter(({ from_contacts }) => from_contacts === true);
  expect(new Set(kept.map(({ id }) => id))).toEqual(ids);
  const others = things.filter(({ from_contacts }) => from_contacts === false);
  expect(others).toHaveLength(50);
  expect(Math.min(...others.map(({ id }) => id))).toBeGreaterThan(Math.max(...ids));
  expect(await all(database, `select * from contacts_legacy order by id`)).toEqual(
    await all(database, `select id, email, name, kind, team_id, joined from contacts_legacy order by id`),
  );
  const given = await all(
    database,
    `select jsonb_agg(to_jsonb(t) order by id) as contacts from contacts_legacy t`,
  );
  expect(given[0]?.contacts).toEqual(legacy[0]?.contacts);
  expect(
    await all(
      database,
      `select conname, pg_get_constraintdef(oid) as is, convalidated as valid from pg_constraint
       where conrelid in ('orders'::regclass, 'contacts'::regclass) and contype in ('f', 'p') order by 1`,
    ),
  ).toEqual([
    { conname: 'contacts_pkey', is: 'PRIMARY KEY (id)', valid: true },
    {
      conname: 'orders_contact_id_fkey',
      is: 'FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE',
      valid: true,
    },
    { conname: 'orders_lead_no_fkey', is: 'FOREIGN KEY (lead_no) REFERENCES contacts(lead_no)', valid: true },
    { conname: 'orders_pkey', is: 'PRIMARY KEY (id)', valid: true },
  ]);
  expect(
    await all(
      database,
      `select indexrelid::regclass::text as name from pg_index where indrelid = 'contacts'::regclass and indexrelid::regclass::text like 'contacts\\_%' and indexrelid::regclass::text not like '%unified%' order by 1`,
    ),
  ).toEqual([{ name: 'contacts_email_key' }, { name: 'contacts_pkey' }, { name: 'contacts_team_id_idx' }]);
  expect(same(await useContacts(database, 'd'))).toEqual(same(first));
  const [positional] = await all(
    database,
    `insert into contacts values (9000, 'place@a.example', 'By place', 'vip', 2, '2020-01-01') returning *`,
  );
  expect(positional).toMatchObject({
    id: 9000,
    name: 'By place',
    kind: 'vip',
    team_id: 2,
    from_contacts: true,
    from_leads: false,
  });
  await expect(database.query(`insert into leads (who) values ('late')`)).rejects.toMatchObject({
    hint: 'Write to public.contacts.',
  });
  const benched = await bench({ ...target, performanceOnly: true, questionSeconds: 0 });
  expect(benched.queries.filter(({ status: is }) => is !== 'measured')).toEqual([]);

  const again = await directory();
  await backup({ ...target, to: again });
  await database.query('create schema again');
  await restore({ databaseUrl, from: again, into: 'again' });
  await strand(database);
  expect(await adopt(target)).toMatchObject({ outcome: 'adopted', findings: [] });
  expect(await status(target)).toMatchObject({ phases: [{ state: 'completed' }] });

  await rollbackFully({ ...target, from: to });
  expect(await all(database, ROWS)).toEqual(before);
  expect(
    await all(
      database,
      `select relname, relkind from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'S') order by 1`,
    ),
  ).toEqual(
    [
      'contacts r',
      'contacts_id_seq S',
      'leads r',
      'leads_no_seq S',
      'orders r',
      'orders_id_seq S',
      'teams r',
    ].map((one) => {
      const [relname, relkind] = one.split(' ');
      return { relname, relkind };
    }),
  );
  expect(
    await all(database, `select count(*)::int as n from pg_namespace where nspname ~ '^drydock'`),
  ).toEqual([{ n: 0 }]);
});
