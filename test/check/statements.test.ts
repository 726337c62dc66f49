import { beforeAll, expect, inject, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import { cutover, run, statements } from '../../src/index.js';
import type { StatementVerb } from '../../src/reports/statements.js';
import { createShop } from '../consolidation/shop-database.js';
import { customers } from '../declare/shop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('statements');
  await createShop(database);
  await database.query(
    `create table orders (no int primary key, customer int references shop_customers (id) on delete cascade)`,
  );
});

const project = projectOf([customers]);
const of = (verb: StatementVerb, more = {}) =>
  statements({ databaseUrl: database.url, project, scratchUrl: inject('databaseUrl'), verb, ...more });

/** All that there is in the database, but for rows. */
const picture = async () =>
  (
    await database.query(
      `select (select jsonb_agg(n.nspname order by 1) from pg_namespace n) as schemas, (select jsonb_agg(c.relname || c.relkind::text order by c.oid) from pg_class c) as relations, (select count(*) from pg_trigger) as triggers`,
    )
  ).rows;

test('each distinct statement of a command is shown once, in order, with its parameters; nothing is written', async () => {
  const before = await picture();
  const report = await of('run');
  expect(await picture()).toEqual(before);
  const texts = report.statements.map(({ text }) => text);
  const at = (part: string) => texts.findIndex((text) => text.toLowerCase().includes(part));
  // In the order of a run: ledger, tables, capture, load, keys, views, comparison.
  const places = [
    'create schema',
    'create table "public"."customers_unified"',
    'create trigger',
    'from stdin',
    'primary key',
    ' view "public"."shop_customers_legacy"',
    'hash_record_extended',
  ].map(at);
  expect(places).not.toContain(-1);
  expect(at('create table "public"."customers_unified"')).toBeLessThan(at('from stdin'));
  expect(new Set(texts).size).toBe(texts.length);
  const withPlaces = report.statements.filter(({ parameters }) => parameters.length > 0);
  expect(withPlaces.length).toBeGreaterThan(10);
  for (const { text, parameters } of withPlaces)
    for (const { place } of parameters) expect(text).toContain(place);
  expect(report.statements.some(({ times }) => times > 1)).toBe(true);
  const writing = report.statements.filter(({ reads }) => !reads).map(({ text }) => text);
  for (const text of texts.filter((one) =>
    /^(?:create|insert|update|delete|alter|comment|copy "|drop)/i.test(one),
  ))
    expect(writing).toContain(text);
  expect(report.statements.some(({ step }) => step?.startsWith('customers: '))).toBe(true);
  // The name of the database for trials stands nowhere.
  expect(texts.join()).not.toContain('drydock_check_');
  // Literals of one number each would make it endless.
  expect(texts.length).toBeLessThan(600);
}, 120_000);

test('so are those of a cutover, a completion, a rollback and a sync, from where the database stands', async () => {
  const over = await of('cutover');
  expect(over.statements.map(({ text }) => text).join('\n')).toMatch(
    /alter table .*shop_customers" set schema "?drydock_legacy/i,
  );
  const sync = await of('sync');
  expect(sync.statements.map(({ text }) => text).join('\n')).toContain('customers_unified');
  await run({ databaseUrl: database.url, project });
  await cutover({ databaseUrl: database.url, project, noBackup: true });
  const before = await picture();
  const back = await of('rollback');
  expect(back.statements.map(({ text }) => text).join('\n')).toMatch(
    /alter table "drydock_legacy"\."?shop_customers"? set schema/i,
  );
  const done = await of('complete', { dropLegacy: true });
  const text = done.statements.map((one) => one.text).join('\n');
  // A foreign key of a table that is no source is made anew; the old tables go.
  expect(text).toMatch(/alter table .*orders" .*foreign key/i);
  expect(text).toMatch(/drop table .*shop_customers/i);
  expect(await picture()).toEqual(before);
}, 240_000);
