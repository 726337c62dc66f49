import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import type { TestDatabase } from '../support/database.js';

/**
 * Numbers that are unique within a tenant, in two tables of two schemas, without a column `id`, a uuid or a `created_at`:
 * identities of two columns, one of them a text.
 */
interface Account {
  tenant: number;
  number: number;
  mail: string | null;
  label: string | null;
  active: boolean;
  opened: Date;
}

interface Member {
  org: number;
  code: string;
  account_no: number | null;
  mail: string | null;
  title: string;
  status: string | null;
  joined: Date;
  seen: Date | null;
}

export const accounts = d.source<Account>('accounts', {
  identity: ['tenant', 'number'],
  within: ['tenant'],
  match: [d.same(d.email, 'mail')],
  times: { created: ['opened'] },
});

export const members = d.source<Member>('members', {
  identity: ['org', 'code'],
  within: ['org'],
  schema: 'club',
  match: [d.via(accounts, 'org', 'account_no'), d.same(d.email, 'mail')],
  times: { created: ['joined'], updated: ['seen'] },
  winner: 'oldest',
});

export const people = d.consolidation('people', {
  into: 'people_unified',
  sources: [accounts, members],
  columns: {
    mail: d.text(accounts.mail, members.mail),
    title: d.newest(d.text(accounts.label, members.title)).else('nobody'),
    since: d.earliest,
  },
});

export const tenants = projectOf([people]);

export async function createTenants(database: TestDatabase): Promise<void> {
  await database.query(`
    create schema club;
    create table accounts (
      tenant int not null,
      number bigint not null,
      mail text,
      label varchar(40),
      active boolean not null default true,
      opened date not null default current_date,
      primary key (tenant, number)
    );
    create table club.members (
      org smallint not null,
      code varchar(10) not null,
      account_no bigint,
      mail text,
      title text not null,
      status text default 'on trial',
      joined timestamp not null default now(),
      seen timestamptz,
      primary key (code, org)
    );
    insert into accounts (tenant, number, mail, label, active, opened)
    select t, i, case when i % 6 = 0 then null else 'M' || i % 30 || '@a.example' end, case when i % 5 > 0 then 'Account ' || i end, i % 2 = 0, date '2020-01-01' + i
    from generate_series(1, 3) t, generate_series(1, 60) i;
    insert into club.members (org, code, account_no, mail, title, status, joined, seen)
    select t, 'c' || i, case when i % 3 = 0 then i when i % 7 = 0 then 5000 + i end, case when i % 4 = 0 then 'm' || i || '@A.example' end,
      'Member ' || i, (array['on trial', 'paid', null])[1 + i % 3], timestamp '2019-05-05 10:00' + i * interval '1 day', case when i % 2 = 0 then timestamptz '2024-01-01Z' + i * interval '1 hour' end
    from generate_series(1, 3) t, generate_series(1, 50) i`);
}
