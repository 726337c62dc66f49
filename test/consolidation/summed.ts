import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import type { TestDatabase } from '../support/database.js';

/** People that two programs know, by uuid; what is known of them: accounts with versions, of which one counts, and reviews. */
interface Row {
  id: string;
  mail: string;
  person_id: string;
  account_id: string;
  level: number;
  version: string;
  kind: string;
  sort: string;
  said: string;
  stars: number;
  at: Date;
}
const people = d.source<Row>('people', {
  identity: ['id'],
  match: [d.same(d.email, 'mail')],
  times: { updated: ['at'] },
});
const contacts = d.source<Row>('contacts', {
  identity: ['id'],
  match: [d.same(d.email, 'mail')],
  times: { updated: ['at'] },
});
export const persons = d.consolidation('persons', {
  into: 'persons',
  ids: d.idsOf(people, { otherwise: 'person:' }),
  sources: [people, contacts],
  columns: { mail: d.text(people.mail, contacts.mail) },
});
const accounts = d.source<Row>('accounts', {
  identity: ['id'],
  match: [d.thing(persons, 'person_id'), d.named('person_id')],
  times: { created: ['at'], updated: ['at'] },
  winner: { by: 'newest', version: 'version' },
});
const reviews = d.source<Row>('reviews', {
  identity: ['id'],
  match: [d.via(accounts, 'account_id'), d.thing(persons, 'person_id')],
  times: { updated: ['at'] },
  whole: true,
});
export const profiles = d.consolidation('profiles', {
  into: 'profiles',
  thing: 'profile',
  sources: [accounts, reviews],
  columns: {
    person: d.thing(persons),
    level: d.numeric(accounts.level),
    version: d.text().else(accounts.version),
    touched: d.touched,
    reviews: d.count(reviews),
    kinds: d.names([reviews.kind, reviews.sort]),
    said: d.newestOf({ name: [reviews.kind, reviews.sort], value: reviews.said }),
    stars: d.mean(reviews.stars, { as: 'numeric(3,2)', between: [1, 5] }),
    made_of: d.madeOf({ both: [accounts, reviews], account: [accounts], review: [] }),
    doubled: d.generated('numeric', 'level * 2'),
    comment: d.empty('text'),
  },
});
export const summed = projectOf([persons, profiles]);

export const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;

export async function createPeople(database: TestDatabase): Promise<void> {
  await database.query(`
    create table people (id uuid primary key, mail text, at timestamptz);
    create table contacts (id uuid primary key, mail text, at timestamptz);
    create table accounts (id uuid primary key default gen_random_uuid(), person_id uuid, level numeric(6,2), version varchar(9), at timestamptz default now());
    create table reviews (id int primary key, person_id uuid, account_id uuid, kind text, sort text, said text, stars numeric, at timestamptz);
    insert into people values ('${id(1)}', 'a@x.example', '2025-01-01'), ('${id(2)}', 'A@x.example', '2025-01-02'), ('${id(3)}', 'c@x.example', '2025-01-01');
    insert into contacts values ('${id(9)}', 'only@x.example', '2025-01-01');
    insert into accounts values
      ('${id(11)}', '${id(1)}', 1.5, '1.9', '2025-02-01'), ('${id(12)}', '${id(2)}', 2.5, '1.10', '2025-02-01'),
      ('${id(13)}', '${id(77)}', 7, '1', '2025-02-01'), ('${id(14)}', '${id(77)}', 8, '0', '2025-01-01');
    insert into reviews values
      (1, null, '${id(11)}', 'good', null, '{"x": 1}', 4, '2025-03-01'), (2, null, '${id(12)}', 'good', null, 'plain', 5, '2025-03-02'),
      (3, '${id(3)}', null, null, 'sorted', '12', 2.0000000000000000001, '2025-03-01'), (4, '${id(3)}', '${id(99)}', 'odd', 'x', null, 9, null),
      (5, null, null, 'nobody', null, 'x', 'NaN', null)`);
}
