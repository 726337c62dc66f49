import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { cutover, type Project, rollback, run, sync, verify } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  type DeclarationSpec,
  ddlOf,
  declarations,
  nameOf,
  projectOfSpec,
} from './generated/declarations.js';
import {
  directOf,
  insertsOf,
  type RowSpec,
  rows,
  type WriteSpec,
  writeOf,
  writes,
} from './generated/rows.js';

/** Declarations to draw, and the first of them; the nightly form draws as many as there is time for. */
const RUNS = Number(process.env.DRYDOCK_PROPERTY_RUNS ?? 2);
const SEED = Number(process.env.DRYDOCK_PROPERTY_SEED ?? 4711);

interface World {
  readonly declaration: DeclarationSpec;
  readonly rows: readonly (readonly RowSpec[])[];
  readonly before: readonly WriteSpec[];
  readonly direct: readonly WriteSpec[];
  readonly underOldNames: readonly WriteSpec[];
  readonly batchSize: number;
  /** Decides in which order the rows are stored the second time. */
  readonly order: number;
}

const worlds: fc.Arbitrary<World> = fc.record({
  declaration: declarations,
  rows,
  before: writes,
  direct: writes,
  underOldNames: writes,
  batchSize: fc.integer({ min: 1, max: 9 }),
  order: fc.integer({ min: 1, max: 1_000 }),
});

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('property');
});

const SETTINGS = `set timezone = 'UTC'; set extra_float_digits = 1; set intervalstyle = 'postgres'`;

/** All rows of some relations, as texts. */
async function texts(relations: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const found = relations.map(
    (name) =>
      `'${name}', (select coalesce(jsonb_agg(x.r order by x.r collate "C"), '[]') from (select t::text as r from ${name} t) x)`,
  );
  const { rows: results } = await database.query(`select jsonb_build_object(${found.join(', ')}) as found`);
  return results[0]?.found as Readonly<Record<string, readonly string[]>>;
}

const OURS = ['unified', 'unified_duplicates'];
const sourcesOf = ({ sources }: DeclarationSpec) => sources.map((_, at) => nameOf(at));

async function fill(declaration: DeclarationSpec, inserts: readonly string[]): Promise<void> {
  await database.query(`drop table if exists source_0, source_1, source_2 cascade; ${ddlOf(declaration)}`);
  for (const insert of inserts) await database.query(insert);
}

/** Statements by an application: what the schema itself or a rule of ours refuses is refused, and nothing else is. */
async function written(statements: readonly string[]): Promise<void> {
  for (const sql of statements)
    await database.query(sql).catch((error: { code?: string; message: string }) => {
      if (!/^(?:23|22001|22003)/.test(error.code ?? '')) throw new Error(`${sql}: ${error.message}`);
    });
}

/** What a complete load makes of the rows as they are. */
async function loadedAnew(target: { databaseUrl: string; project: Project }): Promise<unknown> {
  const { rows: counted } = await database.query(
    'select count(*)::int as n from drydock.batches b where b.phase_id = (select max(id) from drydock.phases)',
  );
  await run({ ...target, batches: { from: 1, to: counted[0]?.n } });
  return texts(OURS);
}

async function holds(world: World): Promise<void> {
  const { declaration, batchSize } = world;
  const project = projectOfSpec(declaration);
  const target = { databaseUrl: database.url, project };
  const isProven = async (when: string) =>
    expect(await verify({ ...target, strict: true }), when).toMatchObject({ equal: true });
  const isGivenBack = async () => {
    const names = sourcesOf(declaration);
    const [tables, views] = [await texts(names), await texts(names.map((name) => `${name}_legacy`))];
    for (const name of names) expect(views[`${name}_legacy`], name).toEqual(tables[name]);
  };
  try {
    const inserts = insertsOf(declaration, world.rows);
    await fill(declaration, inserts);
    const stored = await texts(sourcesOf(declaration));
    await run({ ...target, batchSize, concurrency: 1 });
    await isGivenBack();
    const first = await texts(OURS);

    await rollback(target);
    for (const name of sourcesOf(declaration)) {
      const columns = await insertable(name);
      await database.query(
        `create table kept as table ${name}; truncate ${name};
         insert into ${name} (${columns}) overriding system value select ${columns} from kept k order by md5(k::text || ${world.order}); drop table kept`,
      );
    }
    expect(await texts(sourcesOf(declaration))).toEqual(stored);
    await run({ ...target, batchSize: 1_000, concurrency: 2 });
    expect(await texts(OURS), 'in another order, and in one batch').toEqual(first);

    await written(world.before.map((write) => writeOf(declaration, write)));
    await sync(target);
    await isProven('after a sync');
    await isGivenBack();
    const synced = await texts(OURS);
    expect(await loadedAnew(target), 'what a sync made, loaded anew').toEqual(synced);

    await cutover({ ...target, noBackup: true });
    await written(world.direct.map((write) => directOf(declaration, write)));
    await sync(target);
    await written(world.underOldNames.map((write) => writeOf(declaration, write)));
    await sync(target);
    await isProven('after writes on both sides');
    const both = await texts(OURS);
    expect(await loadedAnew(target), 'what both sides wrote, loaded anew').toEqual(both);
    await rollback(target);
    await isGivenBack();
  } finally {
    await rollback({ ...target, drop: true }).catch(() => {});
    await database.query(`drop schema if exists drydock cascade; drop schema if exists drydock_legacy cascade`);
    await database.query(`drop schema if exists drydock_functions cascade; drop table if exists unified, unified_duplicates cascade`);
  } // biome-ignore format: short
}

async function insertable(name: string): Promise<string> {
  const { rows: found } = await database.query(
    `select string_agg(quote_ident(attname), ', ') as names from pg_attribute where attrelid = '${name}'::regclass and attnum > 0 and attgenerated = ''`,
  );
  return String(found[0]?.names);
}

test(`what is declared and written at random comes back as it was, however it is cut (${RUNS} declarations)`, {
  timeout: 60_000 + RUNS * 60_000,
}, async () => {
  await database.query(SETTINGS);
  await fc.assert(fc.asyncProperty(worlds, holds), {
    numRuns: RUNS,
    seed: SEED,
    // A failure is shrunk as long as somebody would wait for it.
    interruptAfterTimeLimit: 50_000 + RUNS * 50_000,
    markInterruptAsFailure: false,
    endOnFailure: process.env.DRYDOCK_PROPERTY_SHRINK === undefined,
  });
});
