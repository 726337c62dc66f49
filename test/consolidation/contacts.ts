import * as d from '../../src/declare.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

interface Person {
  id: number;
  tenant: number;
  mail: string | null;
  phone: string | null;
  member: number | null;
}

interface Caller {
  no: number;
  org: number;
  tel: string | null;
  name: string | null;
}

interface Member {
  id: number;
  tenant: number;
  mail: string | null;
}

const members = d.source<Member>('members', {
  identity: ['id'],
  within: ['tenant'],
  match: [d.same(d.email, 'mail')],
});
/** Rows with a mail and a phone resolve rows that have a phone only, of their own table as well. */
const people = d.source<Person>('people', {
  identity: ['id'],
  within: ['tenant'],
  match: [
    d.via(members, 'member'),
    d.same(d.email, 'mail'),
    d.through(d.itself, d.same(d.digits, 'phone')),
    d.same(d.digits, 'phone'),
  ],
});
const callers = d.source<Caller>('callers', {
  identity: ['no'],
  within: ['org'],
  match: [d.through(people, d.same(d.digits, 'tel')), d.same(d.digits, 'tel')],
});
export const contacts = d.consolidation('contacts', {
  into: 'contacts',
  sources: [members, people, callers],
  columns: { mail: d.text(members.mail, people.mail), phone: d.text(people.phone, callers.tel) },
});

export async function createContacts(name: string): Promise<TestDatabase> {
  const database = await createTestDatabase(name);
  await database.query(`
    create table members (id int primary key, tenant int not null, mail text);
    create table people (id int primary key, tenant int not null, mail text, phone text, member int);
    create table callers (no int primary key, org int not null, tel text, name text);
    insert into members select i, 1 + i % 2, 'm' || i || '@x.example' from generate_series(1, 8) i;
    insert into people select i, 1 + i % 2, case when i % 3 > 0 then 'M' || i % 12 || '@x.example' end, case when i % 4 > 0 then '+49 ' || i % 15 end,
      case when i % 7 = 0 then i / 7 end from generate_series(1, 60) i;
    insert into callers select i, 1 + i % 2, case when i % 9 > 0 then '49 ' || i % 20 when i % 2 = 0 then '49-' || i % 20 end, 'c' || i from generate_series(1, 50) i`);
  return database;
}
