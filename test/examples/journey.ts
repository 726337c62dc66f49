import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadConfig } from '../../src/cli/config.js';
import { chosenProject } from '../../src/default-phases.js';
import {
  complete,
  cutover,
  type Project,
  plan,
  rollback,
  run,
  status,
  sync,
  verify,
} from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** An example, and what applications write to its tables on the way. */
export interface Example {
  /** Of its folder, and of its phase. */
  readonly name: string;
  /** The sources with what tells their rows apart. */
  readonly sources: Readonly<Record<string, string>>;
  /** Outside tables that name rows of the sources, in the same way. */
  readonly others: Readonly<Record<string, string>>;
  /** The source whose name the unified table takes at last; left out: none. */
  readonly target?: string;
  /** Statements on the legacy tables while Drydock captures. */
  readonly written: string;
  /** Statements under the old names after the cutover. */
  readonly writtenUnderOldNames: string;
  /** Statements on the unified table. */
  readonly writtenDirectly: string;
  /** Statements under all names after the completion. */
  readonly writtenAtLast: string;
}

type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const folderOf = (name: string) => join(import.meta.dirname, '../../examples', name);

/** What an example's config file declares. */
export async function exampleProject(name: string): Promise<Project> {
  return chosenProject(await loadConfig(join(folderOf(name), 'drydock.config.ts')));
}

/** A database with an example's tables and rows. */
export async function exampleDatabase(name: string): Promise<TestDatabase> {
  const database = await createTestDatabase(name);
  for (const file of ['schema.sql', 'data.sql'])
    await database.query(readFileSync(join(folderOf(name), file), 'utf8'));
  return database;
}

/** All rows of some tables, or of the views under their names with `suffix`, as applications see them. */
export async function rowsOf(
  database: TestDatabase,
  tables: Readonly<Record<string, string>>,
  suffix = '',
): Promise<Rows> {
  const all = Object.entries(tables).map(
    ([table, identity]) =>
      `'${table}', (select jsonb_agg(to_jsonb(t) order by ${identity}) from ${table}${suffix} t)`,
  );
  const { rows } = await database.query(`select jsonb_build_object(${all.join(', ')}) as rows`);
  return rows[0]?.rows as Rows;
}

/** What a restored catalog is compared by: columns, constraints, indexes, triggers and sequences of some tables. */
async function catalogOf(database: TestDatabase, tables: readonly string[]): Promise<unknown> {
  const { rows } = await database.query(
    `select c.relname, c.oid, c.relkind, c.relacl,
       (select jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attrelid = c.oid and a.attnum > 0) as columns,
       (select jsonb_agg(jsonb_build_array(k.conname, pg_get_constraintdef(k.oid), k.convalidated) order by k.conname) from pg_constraint k where k.conrelid = c.oid) as constraints,
       (select jsonb_agg(pg_get_indexdef(i.indexrelid) order by i.indexrelid) from pg_index i where i.indrelid = c.oid) as indexes,
       (select jsonb_agg(pg_get_triggerdef(t.oid) order by t.tgname) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
       (select jsonb_agg(pg_get_serial_sequence(c.oid::regclass::text, a.attname) order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) as sequences
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any ($1) order by 1`,
    [[...tables]],
  );
  return rows;
}

/**
 * Takes an example through the whole journey, and looks after each step that applications see under the old names what they
 * wrote there, and that the views give it back. Returns the rows of all tables before the completion, after it, and after
 * what was written at last.
 */
export async function wholeJourney(
  database: TestDatabase,
  example: Example,
): Promise<{ readonly before: Rows; readonly after: Rows; readonly atLast: Rows }> {
  const { sources, others } = example;
  const target = { databaseUrl: database.url, project: await exampleProject(example.name) };
  const tables = { ...sources, ...others };
  const seen = () => rowsOf(database, tables);
  const isProven = async () =>
    expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });
  const isGivenBack = async () =>
    expect(await rowsOf(database, sources, '_legacy')).toEqual(await rowsOf(database, sources));

  expect((await plan(target)).stops).toEqual([]);
  const atFirst = await seen();
  const ran = await run({ ...target, batchSize: 100 });
  expect(ran.phases).toMatchObject([{ phase: example.name, state: 'verified' }]);
  await isProven();
  await isGivenBack();
  expect(await seen()).toEqual(atFirst);

  await database.query(example.written);
  const written = await seen();
  expect(written).not.toEqual(atFirst);
  await sync(target);
  await isProven();
  await isGivenBack();
  expect(await seen()).toEqual(written);

  const catalog = await catalogOf(database, Object.keys(tables));
  expect((await cutover({ ...target, noBackup: true })).phases).toMatchObject([{ outcome: 'cut-over' }]);
  expect(await seen()).toEqual(written);

  await database.query(example.writtenUnderOldNames);
  await database.query(example.writtenDirectly);
  const afterwards = await seen();
  await sync(target);
  await isProven();
  expect(await seen()).toEqual(afterwards);

  const back = await rollback(target);
  expect(back.phases.map(({ reverted }) => reverted?.catalogDifferences)).toEqual([[]]);
  expect(await catalogOf(database, Object.keys(tables))).toEqual(catalog);
  expect(await seen()).toEqual(afterwards);
  expect((await status(target)).phases.map(({ state }) => state)).toEqual(['in-sync']);
  await isProven();

  await cutover({ ...target, noBackup: true });
  expect(await seen()).toEqual(afterwards);
  await complete(target);
  // What named a folded duplicate names what that was folded into now: the sources themselves are as they were.
  const completed = await seen();
  const givenBack = await rowsOf(database, sources, '_legacy');
  for (const table of Object.keys(sources)) {
    expect(givenBack[table]).toEqual(afterwards[table]);
    if (table !== example.target) expect(completed[table]).toEqual(afterwards[table]);
  }
  await database.query(example.writtenAtLast);
  return { before: afterwards, after: completed, atLast: await seen() };
}
