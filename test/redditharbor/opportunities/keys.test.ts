import { beforeAll, describe, expect, test } from 'vitest';
import { type LegacyMixture, mixtureOf, SHAPE_B } from '../../../fixtures/mixture.js';
import { ident } from '../../../src/db/identifier.js';
import type { Session } from '../../../src/db/session.js';
import { KeyRange, successor } from '../../../src/keys/key-range.js';
import { extractionQuery } from '../../../src/mapping/keyed-source.js';
import type { Phase } from '../../../src/mapping/phase.js';
import { SELECTIVE_SETTINGS, selectiveQuery } from '../../../src/mapping/selective.js';
import { wantedRange } from '../../../src/mapping/wanted.js';
import type { LegacyTableName } from '../../../src/redditharbor/tables.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { bindPhase, createLegacy, loosen } from '../../support/legacy.js';
import { openSession } from '../../support/session.js';

const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;

interface Bench {
  readonly database: TestDatabase;
  readonly session: Session;
  readonly phase: Phase;
  readonly mixture: LegacyMixture;
}

async function openBench(mixture: LegacyMixture, fill: string): Promise<Bench> {
  const database = await createTestDatabase('keys');
  await createLegacy(database, mixture);
  await loosen(database, mixture);
  await database.query(fill);
  const session = await openSession(database.url);
  return { database, session, phase: await bindPhase(session, mixture, 'opportunities'), mixture };
}

/** Per row, named by one of its columns: its merge key and what is known of its submission. */
async function keysOf({ session, phase }: Bench, table: LegacyTableName, name = 'id') {
  const keyed = phase.keyed.find(({ source }) => source.rule.table === table);
  if (keyed === undefined) throw new Error(`no ${table}`);
  const rows = await session.query(extractionQuery(keyed, KeyRange.ALL));
  const nameAt = keyed.source.extracted.findIndex((column) => column.name === name);
  const found: Record<
    string,
    { key: string | null; submission: string | null; title: string | null; named: string | null }
  > = {};
  for (const { merge_key: key = null, x0: known, x1: title = null, x3: named = null, ...columns } of rows) {
    const row = columns[`c${nameAt}`] ?? 'null';
    expect(found, `row ${row} comes once`).not.toHaveProperty(row);
    // A submission that is known is the key.
    expect(['t', null]).toContain(known);
    found[row] = { key, submission: known === 't' ? key : null, title, named };
  }
  // Every row of the table, each once.
  const { n } = await session.one(`select count(*) as n from ${ident('public')}.${ident(table)}`);
  expect(rows).toHaveLength(Number(n));
  return found;
}

const SUBMISSIONS_B = `insert into public.submissions (id, submission_id, title, created_at) values
  ('${id(1)}', 'abc', 'One', '2025-01-02'), ('${id(2)}', 't3_def', 'Two', '2025-01-02'),
  ('${id(3)}', 'twice', 'Later', '2025-01-03'), ('${id(4)}', 'twice', 'Earlier', '2025-01-01'),
  ('${id(5)}', 't3_twice', 'Between', '2025-01-02'), ('${id(6)}', 'untimed', 'Untimed', null), ('${id(7)}', 'untimed', 'Timed', '2025-01-01'),
  ('${id(9)}', 'same', 'b', '2025-01-01'), ('${id(8)}', 'same', 'a', '2025-01-01'), ('${id(10)}', null, 'No id', '2025-01-01')`;

describe('a raw id', () => {
  let bench: Bench;
  const raws: readonly (readonly [raw: string, submission: number])[] = [
    ['abc', 1], ['t3_abc', 1], ['opp_abc', 1], ['opp_t3_abc', 1], [id(1), 1], [`opp_${id(1)}`, 1], [`t3_${id(1)}`, 1],
    ['def', 2], ['t3_def', 2], ['opp_def', 2],
    ['twice', 4], ['t3_twice', 4], [id(3), 4], [id(5), 4], [id(4), 4],
    ['untimed', 7], [id(6), 7], ['same', 8], [id(10), 10],
  ]; // biome-ignore format: a table
  const strays = [
    '',
    ' ',
    't3_',
    'nobody',
    't3_nobody',
    'opp_nobody',
    'ABC',
    id(99),
    id(99).toUpperCase(),
    `opp_${id(99)}`,
    `{${id(1)}}`,
    '\u{1F916}',
    '\\N',
  ];
  const all = [...raws.map(([raw]) => raw), ...strays];
  beforeAll(async () => {
    bench = await openBench(SHAPE_B, SUBMISSIONS_B);
    const list = all.map((raw, n) => `('${id(1000 + n)}'::uuid, '${raw}')`).join(', ');
    await bench.database.query(
      `insert into public.app_opportunities (id, submission_id) select * from (values ${list}, ('${id(5000)}', null), ('${id(5001)}', null)) t`,
    );
    await bench.database.query(
      `insert into public.workflow_results (id, opportunity_id) select * from (values ${list}) t`,
    );
    await bench.database.query(
      `insert into public.opportunities (id, opportunity_id) select * from (values ${list}, ('${id(5000)}', null)) t`,
    );
  });

  test.each(['app_opportunities', 'workflow_results', 'opportunities'] as const)(
    'of %s means its submission, however it is spelled',
    async (table) => {
      const keys = await keysOf(bench, table);
      raws.forEach(([raw, submission], n) => {
        expect([raw, keys[id(1000 + n)]]).toMatchObject([
          raw,
          { key: id(submission), submission: id(submission) },
        ]);
      });
    },
  );

  test('that nobody knows gives the same key in all tables, and each id another one', async () => {
    const [app, workflows, opportunities] = [
      await keysOf(bench, 'app_opportunities'), await keysOf(bench, 'workflow_results'), await keysOf(bench, 'opportunities'),
    ]; // biome-ignore format: a list
    const keys = new Map(strays.map((raw, n) => [raw, app[id(1000 + raws.length + n)]]));
    strays.forEach((_, n) => {
      const name = id(1000 + raws.length + n);
      expect(workflows[name]?.key).toBe(app[name]?.key);
      expect(opportunities[name]?.key).toBe(app[name]?.key);
      expect(app[name]?.submission).toBeNull();
    });
    expect(keys.get('t3_nobody')?.key).toBe(keys.get('nobody')?.key);
    expect(keys.get('opp_nobody')?.key).toBe(keys.get('nobody')?.key);
    expect(keys.get(id(99).toUpperCase())?.key).toBe(id(99));
    expect(keys.get(`opp_${id(99)}`)?.key).toBe(id(99));
    const different = ['', ' ', 'nobody', 'ABC', id(99), `{${id(1)}}`, '\u{1F916}', '\\N'].map(
      (raw) => keys.get(raw)?.key,
    );
    expect(new Set(different).size).toBe(different.length);
    expect(keys.get('t3_')?.key).toBe(keys.get('')?.key);
  });

  test('that is missing leaves a row its own key', async () => {
    for (const table of ['app_opportunities', 'opportunities'] as const)
      expect((await keysOf(bench, table))[id(5000)]).toMatchObject({ key: id(5000), submission: null });
  });

  test('brings the title of its submission where the row has none', async () => {
    await bench.database.query(`update public.app_opportunities set title = 'Own' where id = '${id(1000)}'`);
    const keys = await keysOf(bench, 'app_opportunities');
    expect([keys[id(1000)]?.title, keys[id(1001)]?.title]).toEqual([null, 'One']);
  });
});

describe('opportunities', () => {
  test('go by the submission that they point to, else by their raw id', async () => {
    const bench = await openBench(
      SHAPE_B,
      `${SUBMISSIONS_B};
       insert into public.opportunities (id, identified_from_submission_id, opportunity_id) values
         ('${id(21)}', '${id(1)}', 'opp_def'), ('${id(22)}', '${id(3)}', null), ('${id(23)}', '${id(98)}', 'opp_abc'),
         ('${id(24)}', '${id(98)}', 'opp_nobody'), ('${id(25)}', '${id(98)}', null)`,
    );
    const keys = await keysOf(bench, 'opportunities');
    expect(Object.fromEntries(Object.entries(keys).map(([row, { key }]) => [row, key]))).toEqual({
      [id(21)]: id(1), [id(22)]: id(4), [id(23)]: id(1), [id(24)]: id(98), [id(25)]: id(98),
    }); // biome-ignore format: a table
    expect(keys[id(22)]).toMatchObject({ submission: id(4), title: 'Later' });
    expect(keys[id(25)]?.submission).toBeNull();
  });

  test('of the first generation have no raw id', async () => {
    const bench = await openBench(
      mixtureOf({ submissions: 'A', opportunities: 'A' }),
      `insert into public.submissions (id, reddit_id, title) values ('${id(1)}', 'abc', 'One'), ('${id(2)}', 't3_abc', 'One again');
       insert into public.opportunities (id, submission_id, title) values ('${id(21)}', '${id(2)}', 'x'), ('${id(22)}', null, null), ('${id(23)}', '${id(98)}', null);
       update public.submissions set created_at = '2025-01-01' where id = '${id(1)}'`,
    );
    expect(await keysOf(bench, 'opportunities')).toMatchObject({
      // Unique as they are written, and one submission all the same.
      [id(21)]: { key: id(1), submission: id(1), title: null },
      [id(22)]: { key: id(22), submission: null, title: null },
      [id(23)]: { key: id(98), submission: null },
    });
  });
});

describe('workflows that name an opportunity', () => {
  test('go where it goes; without it they stay together', async () => {
    const bench = await openBench(
      mixtureOf({ workflowResults: 'A' }),
      `${SUBMISSIONS_B};
       insert into public.opportunities (id, identified_from_submission_id) values ('${id(21)}', '${id(3)}'), ('${id(22)}', null);
       insert into public.workflow_results (id, opportunity_id) values
         ('${id(31)}', '${id(21)}'), ('${id(32)}', '${id(22)}'), ('${id(33)}', '${id(97)}'), ('${id(34)}', '${id(97)}'), ('${id(35)}', null)`,
    );
    expect(await keysOf(bench, 'workflow_results')).toMatchObject({
      [id(31)]: { key: id(4), submission: id(4), named: id(21) },
      [id(32)]: { key: id(22), submission: null, named: id(22) },
      [id(33)]: { key: id(97), submission: null, named: null },
      [id(34)]: { key: id(97), named: null },
      [id(35)]: { key: id(35), named: null },
    });
  });
});

test('without submissions every key comes from the rows themselves', async () => {
  const bench = await openBench(
    mixtureOf({ submissions: 'none', appOpportunities: 'dlt' }),
    `insert into public.app_opportunities (submission_id, app_concept) values ('abc', 'a'), ('${id(1)}', 'b'), (null, 'c'), (null, 'd');
     insert into public.workflow_results (id, opportunity_id) values ('${id(31)}', 'opp_abc')`,
  );
  const keys = await keysOf(bench, 'app_opportunities', 'app_concept');
  expect(keys.a?.key).toBe((await keysOf(bench, 'workflow_results'))[id(31)]?.key);
  expect(keys.b?.key).toBe(id(1));
  expect(keys.c?.key).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys.c?.key).not.toBe(keys.d?.key);
});

test('a key range gives the rows of its keys, in their order', async () => {
  const bench = await openBench(
    SHAPE_B,
    `insert into public.app_opportunities (id, submission_id) select gen_random_uuid(), 'id' || n from generate_series(1, 200) n`,
  );
  const [keyed] = bench.phase.keyed.filter(({ source }) => source.rule.table === 'app_opportunities');
  if (keyed === undefined) throw new Error('no table');
  const keysIn = async (range: KeyRange) =>
    (await bench.session.query(extractionQuery(keyed, range))).map((row) => row.merge_key);
  const all = await keysIn(KeyRange.ALL);
  expect(all).toEqual([...all].sort());
  const range = new KeyRange(all[50] as string, all[150] as string);
  expect(await keysIn(range)).toEqual(all.slice(50, 150));
});

test('a row is looked for where its id, less one prefix, is written like that of a submission, which has another id', async () => {
  const bench = await openBench(
    SHAPE_B,
    `insert into public.submissions (id, submission_id, title) values ('${id(1)}', 'opp_y', 'Known as y'), ('${id(2)}', 'x', 'Known as x');
     insert into public.workflow_results (id, opportunity_id) values ('${id(31)}', 'opp_opp_y'), ('${id(32)}', 'opp_y'), ('${id(33)}', 'opp_x')`,
  );
  const keys = await keysOf(bench, 'workflow_results');
  expect(keys).toMatchObject({
    [id(31)]: { submission: null },
    [id(32)]: { submission: id(1) },
    [id(33)]: { submission: id(2) },
  });
  const [keyed] = bench.phase.keyed.filter(({ source }) => source.rule.table === 'workflow_results');
  if (keyed === undefined) throw new Error('no table');
  await bench.session.execute(SELECTIVE_SETTINGS);
  for (const { key } of Object.values(keys)) {
    const range = new KeyRange(key, successor(key ?? ''));
    const rows = await bench.session.query(selectiveQuery(keyed, wantedRange(range)));
    expect(rows.map((row) => row.merge_key)).toEqual([key]);
  }
});
