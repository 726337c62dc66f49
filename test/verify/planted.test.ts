import { beforeEach, describe, expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import {
  type Difference,
  type Invariant,
  type PhaseName,
  type VerifyReport,
  verify,
} from '../../src/index.js';
import { drydock } from '../cli/process.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { asDrydock } from '../support/own-writes.js';
import { type Contents, prepared } from '../support/prepared.js';
import { run, status } from '../support/unifying.js';

/** Every row holds values that are easily confused with others. */
const CONTENTS: Contents = {
  mixture: mixtureOf({}),
  submissions: 150,
  oddShare: 0,
  extras: true,
  sql: `
    update public.opportunities set proposed_solution = 'exact text of ' || id, target_audience = '';
    update public.market_validations set notes = 'exact text of ' || id, evidence_url = '';
    ${['opportunities', 'market_validations']
      .map(
        (table) => `update public.${table} set model_ratio = 0, "Agent ""Notes"" v2" = '{"n": 1.0}',
        loaded_at = '2025-01-02 03:04:05.123456+00'`,
      )
      .join(';')}`,
  run: { batchSize: 150 },
};

/** One of our tables that holds rows of a legacy table, and where it keeps them. */
interface Home {
  readonly phase: PhaseName;
  readonly legacy: string;
  readonly ours: string;
  readonly where: string;
  readonly id: string;
  /** Columns of ours by legacy column. */
  column(legacy: string): string;
  readonly text: string;
  readonly empty: string;
}

const opportunities = {
  phase: 'opportunities',
  legacy: 'opportunities',
  text: 'proposed_solution',
  empty: 'target_audience',
} as const;
const homes: Readonly<Record<string, Home>> = {
  'the unified table': {
    ...opportunities,
    ours: 'opportunities_unified',
    where: 'from_opportunities and not from_app_opportunities and not from_workflow_results',
    id: 'id',
    column: (name) =>
      ['proposed_solution', 'target_audience'].includes(name) ? name : `opportunity_${name}`,
  },
  'the table of folded rows': {
    ...opportunities,
    ours: 'opportunity_duplicates',
    where: `source = 'opportunities'`,
    id: 'opportunities_id',
    column: (name) => `opportunities_${name}`,
  },
  'the table of records': {
    phase: 'assessments',
    legacy: 'market_validations',
    ours: 'opportunity_assessment_records',
    where: `source = 'market_validations'`,
    id: 'market_validations_id',
    column: (name) => `market_validations_${name}`,
    text: 'notes',
    empty: 'evidence_url',
  },
};

describe.each(Object.entries(homes))('a difference planted in %s is found and named', (_name, home) => {
  let database: TestDatabase;
  let row: { readonly id: string; readonly key: string; readonly batch: number };

  beforeEach(async () => {
    database = await prepared(CONTENTS);
    const { rows } = await database.query<{ id: string; key: string; batch: number }>(
      `select x.${home.id} as id, merge_key as key, b.number as batch
         from public.${home.ours} x join drydock.batches b on (key_from is null or merge_key >= key_from) and (key_to is null or merge_key < key_to)
         join drydock.phases p on p.id = b.phase_id and p.phase = $1
        where ${home.where} order by md5(x.${home.id}::text) limit 1`,
      [home.phase],
    );
    row = rows[0] ?? { id: '', key: '', batch: 0 };
  });

  /** Changes our side, and gives what the verifier finds. */
  async function plant(sql: string): Promise<readonly Difference[]> {
    const changed = await asDrydock(database, sql);
    expect(changed.rowCount ?? 0).toBeGreaterThan(0);
    const report = await verify({ databaseUrl: database.url, phases: [home.phase] });
    expect(report.equal).toBe(false);
    for (const table of report.phases[0]?.tables ?? []) expect(table.equal).toBe(table.table !== home.legacy);
    const found = report.phases[0]?.tables.find((table) => table.table === home.legacy);
    expect(found?.legacy.hash).not.toBe(found?.unified.hash);
    return found?.differences ?? [];
  }

  const values: readonly [string, string, unknown, string | null, string | null][] = [
    ['a changed value', home.text, 'something else', 'exact text of ID', 'something else'],
    [
      'one bit in a text',
      home.text,
      `'exact text og ' || ${home.id}`,
      'exact text of ID',
      'exact text og ID',
    ],
    ['null for an empty string', home.empty, null, '', null],
    [
      'the last microsecond',
      'loaded_at',
      '2025-01-02 03:04:05.123457+00',
      '2025-01-02 03:04:05.123456+00',
      '2025-01-02 03:04:05.123457+00',
    ],
    ['-0 for 0', 'model_ratio', '-0', '0', '-0'],
    ['1.00 for 1.0 in jsonb', 'Agent "Notes" v2', '{"n": 1.00}', '{"n": 1.0}', '{"n": 1.00}'],
  ];
  test.each(values)('%s', async (_what, column, value, legacy, unified) => {
    const target = `"${home.column(column).replaceAll('"', '""')}"`;
    const expression = value === null ? 'null' : String(value).includes('||') ? value : `'${value}'`;
    const found = await plant(
      `update public.${home.ours} set ${target} = ${expression} where ${home.id} = '${row.id}'`,
    );
    const full = (text: string | null) => text?.replace('ID', row.id) ?? null;
    expect(found).toEqual([
      {
        table: home.legacy,
        batch: row.batch,
        key: row.key,
        row: `id=${row.id}`,
        kind: 'changed',
        columns: [{ column, legacy: full(legacy), unified: full(unified) }],
      },
    ]);
  });

  test('values of two rows that changed places', async () => {
    const target = home.column(home.text);
    const found = await plant(`
      with pair as (
        select ${home.id} as id, ${target} as text from public.${home.ours} where ${home.where} order by md5(${home.id}::text) limit 2
      )
      update public.${home.ours} t set ${target} = other.text from pair this, pair other
       where t.${home.id} = this.id and other.id <> this.id`);
    expect(found).toHaveLength(2);
    for (const { kind, row: name, columns } of found) {
      const id = name.replace('id=', '');
      expect({ kind, columns }).toEqual({
        kind: 'changed',
        columns: [
          {
            column: home.text,
            legacy: `exact text of ${id}`,
            unified: expect.stringMatching('exact text of '),
          },
        ],
      });
      expect(columns[0]?.unified).not.toBe(columns[0]?.legacy);
    }
  });

  test('a missing row', async () => {
    const found = await plant(`delete from public.${home.ours} where ${home.id} = '${row.id}'`);
    expect(found).toMatchObject([
      { table: home.legacy, batch: row.batch, key: row.key, row: `id=${row.id}`, kind: 'missing' },
    ]);
    expect(found[0]?.columns).toContainEqual({
      column: home.text,
      legacy: `exact text of ${row.id}`,
      unified: null,
    });
  });

  test('an extra row', async () => {
    const found = await plant(await copyOf(`'00000000-0000-4000-8000-000000000000'`));
    expect(found).toMatchObject([
      {
        table: home.legacy,
        batch: row.batch,
        key: row.key,
        row: 'id=00000000-0000-4000-8000-000000000000',
        kind: 'extra',
      },
    ]);
    expect(found[0]?.columns).toContainEqual({
      column: home.text,
      legacy: null,
      unified: `exact text of ${row.id}`,
    });
  });

  test('a duplicated row', async () => {
    if (home.id === 'id') {
      await database.query(
        'alter table public.opportunities_unified drop constraint opportunities_unified_pkey cascade',
      );
    }
    const found = await plant(await copyOf(home.id));
    expect(found).toMatchObject([
      { table: home.legacy, batch: row.batch, key: row.key, row: `id=${row.id}`, kind: 'duplicated' },
    ]);
  });

  /** Inserts the chosen row once more, under an id. */
  async function copyOf(id: string): Promise<string> {
    const { rows } = await database.query<{ list: string }>(
      `select string_agg(quote_ident(attname), ', ') as list from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> $2`,
      [`public.${home.ours}`, home.id],
    );
    const list = rows[0]?.list ?? '';
    return `insert into public.${home.ours} (${list}, ${home.id})
      select ${list}, ${id} from public.${home.ours} where ${home.id} = '${row.id}'`;
  }
});

describe('what else is found', () => {
  test('a view that gives the right rows, but is another one', async () => {
    const database = await prepared(CONTENTS);
    await database.query(
      'create or replace view public.opportunities_legacy as select * from public.opportunities',
    );
    const report = await verify({ databaseUrl: database.url });
    expect(report.equal).toBe(false);
    expect(broken(report)).toMatchObject([{ name: 'view opportunities_legacy is as it was made' }]);
  });

  test.each([
    ['dropped', 'drop view public.opportunities_legacy'],
    [
      'another one with other columns',
      'drop view public.opportunities_legacy; create view public.opportunities_legacy as select 1 as one',
    ],
  ])('a view that was %s', async (_what, sql) => {
    const database = await prepared(CONTENTS);
    await database.query(sql);
    const report = await verify({ databaseUrl: database.url });
    expect(report.equal).toBe(false);
    expect(broken(report)).toMatchObject([{ name: 'view opportunities_legacy is as it was made' }]);
  });

  test('a run makes a missing view anew', async () => {
    const database = await prepared(CONTENTS);
    await database.query('drop view public.app_opportunities_legacy');
    const report = await run({ databaseUrl: database.url });
    expect(report).toMatchObject({ outcome: 'nothing-to-do', phases: [{ state: 'verified' }, {}] });
    await expectEqual(await database.client(), pairsOf(CONTENTS.mixture));
  });

  test.each([
    [
      'opportunities_unified',
      `created_at = created_at - interval '1 day'`,
      'submission_id is not null',
      'created_at',
    ],
    ['opportunities_unified', 'submission_id = null', 'submission_id is not null', 'submission_id'],
    ['opportunities_unified', `title = title || '!'`, 'not from_app_opportunities', 'title'],
    ['opportunity_assessments', 'component_count = component_count + 1', 'true', 'component_count'],
    ['opportunity_assessments', 'opportunity_id = null', 'opportunity_id is not null', 'opportunity_id'],
    [
      'opportunity_duplicates',
      'unified_id = (select id from public.opportunities_unified order by id limit 1)',
      `source = 'app_opportunities'`,
      'a folded row of',
    ],
  ])('a column of %s that no legacy view shows: %s; by the strict way', async (table, set, where, column) => {
    const database = await prepared(CONTENTS);
    const { rows } = await asDrydock<{ key: string }>(
      database,
      `update public.${table} set ${set}
        where ctid = (select ctid from public.${table} where ${where} order by md5(merge_key::text) limit 1) returning merge_key as key`,
    );
    expect(await verify({ databaseUrl: database.url })).toMatchObject({ equal: true, strict: false });
    const report = await verify({ databaseUrl: database.url, strict: true });
    expect(report).toMatchObject({ equal: false, strict: true });
    const [found, ...others] = broken(report);
    expect(others).toEqual([]);
    expect(found?.name).toBe(`every row of ${table} computed again`);
    expect(found?.detail).toContain(`key ${rows[0]?.key}`);
    expect(found?.detail).toContain(column);
  });

  test('in the batches that are asked for, and only in those; of many, no more than the limit', async () => {
    const database = await prepared(CONTENTS);
    const { phases } = await status({
      databaseUrl: database.url,
      phases: ['opportunities'],
      batchList: true,
    });
    const list = phases[0]?.batchList ?? [];
    expect(list.length).toBeGreaterThan(2);
    const last = list.at(-1);
    await asDrydock(
      database,
      `update public.opportunities_unified set proposed_solution = 'x' where from_opportunities and merge_key >= $1`,
      [last?.from],
    );
    const options = { databaseUrl: database.url, phases: ['opportunities'] as const };
    const before = await verify({ ...options, batches: { from: 1, to: list.length - 1 }, strict: true });
    expect(before.equal).toBe(true);
    const behind = await verify({ ...options, batches: { from: list.length, to: list.length }, limit: 3 });
    const found = behind.phases[0]?.tables.find((table) => table.table === 'opportunities');
    expect(found).toMatchObject({ equal: false, differingBatches: [list.length], more: true });
    expect(found?.differences).toHaveLength(3);
    const all = await verify({ ...options, limit: 0 });
    expect(all.phases[0]?.tables.find((table) => table.table === 'opportunities')).toMatchObject({
      differingBatches: [list.length],
      differences: [],
      more: true,
    });
    const keys = await verify({ ...options, keys: { from: last?.from ?? undefined } });
    expect(keys.equal).toBe(false);
  });

  test('in a batch behind others that were not asked for', async () => {
    const database = await prepared(CONTENTS);
    const { phases } = await status({
      databaseUrl: database.url,
      phases: ['opportunities'],
      batchList: true,
    });
    const list = phases[0]?.batchList ?? [];
    // Nothing in the batches between is of this year, so a time selects the first and the last batch.
    const between = `merge_key >= '${list[0]?.to}' and merge_key < '${list.at(-1)?.from}'`;
    expect(between).not.toContain('undefined');
    await asDrydock(
      database,
      `update public.opportunities_unified set proposed_solution = 'x' where from_opportunities and merge_key >= '${list.at(-1)?.from}'`,
    );
    const touched = [`merge_key < '${list[0]?.to}'`, `merge_key >= '${list.at(-1)?.from}'`];
    for (const where of touched) {
      await asDrydock(
        database,
        `with one as (select id from public.opportunities_unified where from_opportunities and ${where} limit 1),
           ours as (update public.opportunities_unified u set opportunity_created_at = '2200-01-01' from one where u.id = one.id)
         update public.opportunities o set created_at = '2200-01-01' from one where o.id = one.id`,
      );
    }
    const report = await verify({
      databaseUrl: database.url,
      phases: ['opportunities'],
      since: '2199-01-01',
    });
    const found = report.phases[0]?.tables.find((table) => table.table === 'opportunities');
    expect(found).toMatchObject({ equal: false, differingBatches: [list.length] });
    expect(found?.legacy.rows).toBeLessThan(list.reduce((sum, { rowsIn }) => sum + rowsIn, 0));
  });

  test('with exit status 1 and the difference on stdout, when it is the command that looks', async () => {
    const database = await prepared(CONTENTS);
    await asDrydock(
      database,
      `update public.opportunities_unified set opportunity_model_ratio = '-0'
        where id = (select id from public.opportunities_unified where from_opportunities limit 1)`,
    );
    const { status: exit, stdout } = await drydock(['verify', '--json', '--database-url', database.url]);
    expect(exit).toBe(1);
    const report = JSON.parse(stdout) as VerifyReport;
    expect(report.equal).toBe(false);
    expect(report.phases[0]?.tables[0]?.differences).toMatchObject([
      { table: 'opportunities', columns: [{ column: 'model_ratio', legacy: '0', unified: '-0' }] },
    ]);
    const run = await drydock(['run', '--json', '--database-url', database.url]);
    expect(run.status).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      outcome: 'different',
      phases: [{ state: 'different' }, {}, {}],
    });
    const text = await drydock(['verify', '--database-url', database.url]);
    expect(text.status).toBe(1);
    expect(text.stdout).toContain('model_ratio');
  });
});

function broken({ phases }: VerifyReport): Invariant[] {
  return phases.flatMap((phase) => phase.invariants.filter((invariant) => !invariant.ok));
}
