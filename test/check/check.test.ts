import { beforeAll, expect, inject, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { check } from '../../src/index.js';
import type { Normalizer } from '../../src/mapping/normalizers.js';
import { createShop } from '../consolidation/shop-database.js';
import { type Crm, crm, customers, type Shop, shop } from '../declare/shop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('check');
  await createShop(database);
});

const TIME = 240_000;
const options = (consolidation: d.Consolidation) => ({
  databaseUrl: database.url,
  project: projectOf([consolidation]),
  scratchUrl: inject('databaseUrl'),
  seconds: 1,
});

/** Names of databases that are left on the server. */
const left = async () =>
  (await database.query(`select datname from pg_database where datname like 'drydock_check_%'`)).rows;

test(
  'a declaration that holds is tried with generated values, rows and writes; only the catalog of the database is read',
  async () => {
    const scans = `select coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::int as n from pg_stat_user_tables`;
    await database.query('select pg_stat_force_next_flush()').catch(() => undefined);
    const { rows: before } = await database.query(scans);
    const report = await check(options(customers));
    expect(report).toMatchObject({ refusals: [], faults: [], notTried: [], seed: 1 });
    const { tried, conversions } = report;
    expect(tried.worlds).toBe(2);
    expect(tried.rows).toBeGreaterThan(80);
    expect(tried.writes.oldNames).toBeGreaterThanOrEqual(10);
    expect(tried.writes.unified).toBeGreaterThan(100);
    expect(tried.writes.refused).toBeGreaterThan(5);
    const loyalty = conversions.find(({ from }) => from === 'loyalty');
    expect(loyalty).toMatchObject({ column: 'loyalty', table: 'shop_customers' });
    expect(loyalty?.residue).toContain('7.000');
    expect(loyalty?.exact).toBeGreaterThan(2);
    expect(loyalty?.back.taken).toBeGreaterThan(2);
    expect(loyalty?.back.refused).toBeGreaterThan(0);
    const { rows: after } = await database.query(scans);
    expect(after).toEqual(before);
    expect(
      (await database.query(`select nspname from pg_namespace where nspname like 'drydock%'`)).rows,
    ).toEqual([]);
    expect(await left()).toEqual([]);
  },
  TIME,
);

test('what the catalog refuses is named, all of it, and nothing is tried', async () => {
  const other = d.source<Shop & { nick: string }>('shop_customers', { identity: ['zip'], prefix: 'shop' });
  const report = await check(
    options(
      d.consolidation('people', {
        into: 'crm_people',
        sources: [other],
        columns: {
          nick: d.text(other.nick),

          created: d.boolean(other.created_at as never),
        },
      }),
    ),
  );
  expect(report.refusals.map(({ code }) => code).sort()).toEqual([
    'foreign-object',
    'missing-columns',
    'no-conversion',
    'no-unique-id',
  ]);
  expect(report).toMatchObject({ scratch: null, tried: { worlds: 0 } });
});

test(
  'SQL of a declaration that fails on a row, or follows the session, is shown with the smallest row',
  async () => {
    const { faults } = await check(
      options(
        d.consolidation('customers', {
          into: 'customers_unified',
          sources: [shop, crm],
          columns: {
            share: d.numeric(d.computed(crm, '100 / (score - 101)')),
            day: d.text(d.computed(shop, `created_at::date::text || state`)),
          },
        }),
      ),
    );
    expect(faults.map(({ kind, rows }) => ({ kind, rows }))).toEqual([
      {
        kind: 'computed',
        rows: [
          { table: 'shop_customers', values: { created_at: expect.any(String), state: expect.any(String) } },
        ],
      },
      { kind: 'computed', rows: [{ table: 'crm_people', values: { score: '101' } }] },
    ]);
    expect(faults[0]?.message).toMatch(
      /day from shop_customers follows the settings of the session: ".*" under ours/,
    );
    expect(faults[1]?.message).toMatch(
      /share from crm_people fails on a row that the table may hold: division by zero/,
    );
    expect(await left()).toEqual([]);
  },
  TIME,
);

test(
  'a rule that is another one for applications is found by a write, and shown with one row and one write',
  async () => {
    // A key that depends on who asks for it: no sync makes of a row what a direct write made of it.
    const fickle: Normalizer = {
      name: 'fickle',
      family: 'fickle',
      sql: (value) =>
        `(case when current_setting('application_name') = 'drydock check' then 'x' else '' end || (${value})::text)`,
      none: () => fickle,
    };
    const [a, b] = [
      d.source<Shop>('shop_customers', {
        identity: ['id'],
        match: [d.same(fickle, 'email')],
        prefix: 'shop',
      }),
      d.source<Crm>('crm_people', { identity: ['ref'], match: [d.same(fickle, 'mail')], prefix: 'crm' }),
    ];
    const { faults } = await check({
      ...options(
        d.consolidation('customers', {
          into: 'customers_unified',
          sources: [a, b],
          columns: { email: d.text(a.email, b.mail) },
        }),
      ),
      seconds: 40,
    });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({
      kind: 'unified',
      phase: 'customers',
      rows: { length: 1 },
      writes: { length: 1 },
    });
    expect(faults[0]?.message).toMatch(/did not last/);
  },
  TIME,
);
