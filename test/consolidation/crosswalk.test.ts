import { beforeAll, expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { complete, cutover, plan, rollback, run, sync, verify } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Books by their uuid or their ISBN; offers of two shops and reviews name them in whichever way. */
interface Book {
  key: string;
  isbn: string;
  name: string;
  printed: Date;
}
const books = d.crosswalk<Book>('books', {
  id: 'key',
  alias: 'isbn',
  prefixes: ['isbn:', 'urn:isbn:'],
  oldest: 'printed',
  thing: 'book',
});
interface Offer {
  no: string;
  book: string;
  isbn: string;
  edition: string;
  price: number;
  state: string;
  made: Date;
  seen: Date;
}
const offers = d.source<Offer>('offers', {
  identity: ['no'],
  match: [d.resolve(books, { ids: ['book'], alias: 'isbn', written: 'isbn:' })],
  distinct: ['edition'],
  times: { created: ['made'], updated: ['seen'] },
  prefix: 'offer',
});
interface Listing {
  row: number;
  code: string;
  edition: string;
  stars: number;
  state: string;
  made: Date;
}
const listings = d.source<Listing>('listings', {
  identity: ['row'],
  match: [d.resolve(books, { alias: 'code' })],
  attach: 'edition',
  times: { created: ['made'] },
  prefix: 'listing',
});
const reviews = d.source<{ id: number; offer: string; stars: number }>('reviews', {
  identity: ['id'],
  match: [d.via(offers, 'offer')],
  prefix: 'review',
});
const state = d.words({ open: 'open new', sold: 'sold gone' });
const declared = d.consolidation('offers', {
  into: 'all_offers',
  thing: 'offer',
  ids: d.idsOf(offers),
  sources: [offers, listings, reviews],
  largestGroup: null,
  columns: {
    book_key: d.resolved(books),
    title: d.text(offers.edition, listings.edition).else(books.name).else('Untitled'),
    state: state(offers.state).else(state.from(listings.state, {})).else('open'),
    stars: d.score(d.percent(listings.stars)).else(d.unit(reviews.stars)),
    made: d.earliest.else(books.printed),
    seen: d.touched.notBefore('made'),
  },
});
const project = projectOf([declared]);

const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('crosswalk');
  await database.query(`
    create table books (key uuid primary key, isbn text, name text, printed timestamptz);
    create table offers (no uuid primary key, book uuid, isbn text, edition text, price numeric, state text, made timestamptz, seen timestamptz);
    create table listings ("row" int primary key, code text, edition text, stars int, state text, made timestamptz);
    create table reviews (id int primary key, offer uuid, stars numeric(3,2));
    insert into books values ('${id(1)}', '111', 'One', '2020-01-01'), ('${id(2)}', 'isbn:222', 'Two', '2020-01-02'), ('${id(3)}', '111', 'One again', '2019-01-01');
    insert into offers values
      ('${id(11)}', '${id(1)}', null, 'First', 1, 'new', '2021-01-01', '2021-02-01'), ('${id(12)}', null, 'isbn:111', ' FIRST!', 2, 'open', '2021-01-02', '2021-03-01'),
      ('${id(13)}', null, '111', 'Second', 3, null, '2021-01-03', null), ('${id(14)}', '${id(2)}', null, null, 4, null, null, null), ('${id(15)}', null, '999', 'Lost', 5, 'what', null, null);
    insert into listings values (1, 'urn:isbn:111', 'second', 50, 'gone', '2020-06-01'), (2, '${id(2).toUpperCase()}', 'x', null, 'sold', null), (3, 'isbn:999', null, 7, null, null), (4, '777', 'Alone', 1, 'new', null), (5, '111', 'nothing', 60, null, '2022-01-01');
    insert into reviews values (1, '${id(11)}', 0.5), (2, '${id(12)}', 0.25), (3, '${id(13)}', 1), (4, '${id(99)}', 0.1), (5, null, 0.2)`);
});

const rows = async () =>
  (
    await database.query(
      `select right(id::text, 2) as id, right(book_key::text, 1) as book, title, state, stars::float8, made::date::text, seen::date::text, offer_price::int as price, listing_row as row, review_id as review
         from all_offers where from_offers order by id`,
    )
  ).rows;

test('spellings of one key meet, texts tell things apart, and others attach', async () => {
  const databaseUrl = database.url;
  expect((await plan({ databaseUrl, project })).stops).toEqual([]);
  await run({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  expect(await rows()).toEqual([
    // Both spell it alike, and the one that was seen last counts. All listings of the book belong to one edition: that of the
    // newest of them, which has no offer; so they are of the first offer.
    { id: '12', book: '3', title: ' FIRST!', state: 'open', stars: 60, made: '2020-06-01', seen: '2022-01-01', price: 2, row: 5, review: 1 },
    { id: '13', book: '3', title: 'Second', state: 'open', stars: 100, made: '2021-01-03', seen: '2021-01-03', price: 3, row: null, review: 3 },
    { id: '14', book: '2', title: 'x', state: 'sold', stars: null, made: '2020-01-02', seen: '2020-01-02', price: 4, row: 2, review: null },
    { id: '15', book: null, title: 'Lost', state: 'open', stars: 7, made: null, seen: null, price: 5, row: 3, review: null },
  ]); // biome-ignore format: rows
  const alone = await database.query(
    `select title, state, listing_row as row, review_id as review from all_offers where not from_offers order by title, review_id`,
  );
  expect(alone.rows).toEqual([
    { title: 'Alone', state: 'open', row: 4, review: null },
    { title: 'Untitled', state: 'open', row: null, review: 4 },
    { title: 'Untitled', state: 'open', row: null, review: 5 },
  ]);
});

test('changes of the crosswalk move rows, and direct writes reach the tables', async () => {
  const databaseUrl = database.url;
  // The oldest row with the alias goes: all of its rows are of the other one.
  await database.query(
    `delete from books where key = '${id(3)}'; update books set isbn = '999' where key = '${id(2)}'`,
  );
  await sync({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  expect((await rows()).map(({ id: of, book }) => `${of} ${book}`)).toEqual(['12 1', '13 1', '14 2', '15 2']);

  await cutover({ databaseUrl, project, noBackup: true });
  await database.query(`
    insert into books values ('${id(5)}', '555', 'Five', '2018-01-01'), ('${id(6)}', '666', 'Six', '2018-01-01');
    insert into all_offers (book_key, offer_price, from_offers, from_listings, listing_row) values ('${id(5)}', 8, true, true, 20)`);
  const made = await database.query(
    `select title, state, merge_key from all_offers where book_key = '${id(5)}'`,
  );
  expect(made.rows).toEqual([{ title: 'Five', state: 'open', merge_key: id(5) }]);
  const written = await database.query(
    `select code, (select price from offers where book = '${id(5)}')::int as price from listings where "row" = 20`,
  );
  expect(written.rows).toEqual([{ code: '555', price: 8 }]);
  await expect(database.query(`insert into all_offers (book_key) values ('${id(5)}')`)).rejects.toMatchObject(
    { code: '23505', constraint: 'drydock_book', message: 'This book has an offer already.' },
  );
  await expect(
    database.query(`update all_offers set listing_code = '222' where book_key = '${id(5)}'`),
  ).rejects.toMatchObject({ constraint: 'drydock_book' });
  // Without an offer the id is made of the key, and would be another one after the next sync.
  const others: [sql: string, constraint: string][] = [
    [`set book_key = '${id(6)}' where listing_row = 4`, 'drydock_id'],
    [`set from_offers = false where listing_row = 2`, 'drydock_id'],
    [`set review_offer = null where review_id = 4`, 'drydock_book'],
    [`set review_offer = id where review_id = 4`, 'drydock_book'],
    [`set from_offers = true where review_id = 4`, 'drydock_book'],
    [`set review_id = 55 where review_id = 5`, 'drydock_id'],
  ];
  for (const [sql, constraint] of others)
    await expect(database.query(`update all_offers ${sql}`), sql).rejects.toMatchObject({ constraint });
  await database.query(`update all_offers set review_id = 44 where review_id = 4`);
  const ids = async () => (await database.query(`select id, merge_key from all_offers order by id`)).rows;
  const before = await ids();
  await sync({ databaseUrl, project });
  expect(await ids()).toEqual(before);
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  await rollback({ databaseUrl, project });
  await run({ databaseUrl, project });
  await cutover({ databaseUrl, project, noBackup: true });
  await complete({ databaseUrl, project });
  await database.query(`update all_offers set offer_price = 9 where book_key = '${id(5)}'`);
  expect((await database.query(`select price::int from offers where book = '${id(5)}'`)).rows).toEqual([
    { price: 9 },
  ]);
});
