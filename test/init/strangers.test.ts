import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { InitReport } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { pairsIn, proposed, thereAndBack } from './proposed.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('init_strangers');
  await database.query(readFileSync(join(import.meta.dirname, 'strangers.sql'), 'utf8'));
});

/** The pairs of columns that are proposed, sure ones and others. */
function pairs(report: InitReport): { readonly sure: string[]; readonly unsure: string[] } {
  const all = [...pairsIn(report)];
  const named = (sure: boolean) =>
    all
      .filter(([, one]) => one === sure)
      .map(([name]) => name)
      .sort();
  return { sure: named(true), unsure: named(false) };
}

describe('tables of strangers', () => {
  test('in German and in English: truths, cents and salutations', async () => {
    const report = await proposed(database, ['Kunden', 'clients']);
    expect(pairs(report)).toEqual({
      sure: [
        'Kunden.Aktiv = clients.active',
        'Kunden.E-Mail = clients.email_address',
        'Kunden.Geburtsdatum = clients.birth_date',
        'Kunden.Nachname = clients.last_name',
        'Kunden.Ort = clients.city',
        'Kunden.PLZ = clients.postal_code',
        'Kunden.Umsatz = clients.revenue_cents',
        'Kunden.Vorname = clients.first_name',
      ],
      unsure: ['Kunden.Anrede = clients.salutation', 'Kunden.Strasse = clients.street'],
    });
    expect(report.declaration).toContain(`d.times(clients.revenue_cents, '0.01')`);
    expect(report.declaration).toContain(`d.truth(kunden.Aktiv, { yes: ['J'], no: ['N'] })`);
    expect(report.declaration).toContain(`herr: 'Herr Mr'`);
    await thereAndBack(database, report, { '"Kunden"': 't."KundenNr"', clients: 't.id' });
  });

  test('whose numbers are given by tenants', async () => {
    const report = await proposed(database, ['parts', 'stock_items']);
    expect(report.declaration).toContain(`within: ['tenant_id']`);
    expect(report.declaration).toContain(`within: ['org_id']`);
    expect(report.relations[0]?.links[0]).toMatchObject({
      left: 'parts.part_no',
      right: 'stock_items.sku',
      sure: true,
    });
  });

  test('that are told apart by two columns', async () => {
    const { declaration } = await proposed(database, ['sites', 'site_details']);
    expect(declaration).toContain(`d.via(sites, 'site_region', 'site_code')`);
    expect(declaration).toContain(`d.same(byCode, { region: 'region', code: 'code' })`);
  });

  test('that write moments as seconds, and ids in capitals', async () => {
    const report = await proposed(database, ['events_old', 'events_new']);
    expect(report.declaration).toContain('d.moment(d.epoch(old.happened), newTable.occurred_at)');
    expect(report.declaration).toContain(`d.as('inet', old.src, newTable.source)`);
  });

  test.each([
    ['people', 'addresses', /One row of people is several rows of addresses/],
    ['weather_stations', 'employees', /No column of .* no names are alike/],
    ['nopk', 'clients', /nopk has neither a primary key nor a unique index/],
  ])('%s and %s are not the same thing, and it says why', async (left, right, why) => {
    const { proposal, declaration, leftOut } = await proposed(database, [left, right]);
    expect({ proposal, declaration }).toEqual({ proposal: null, declaration: null });
    expect(leftOut.map((one) => one.why).join(' ')).toMatch(why);
  });

  test('are found where nobody names them, as a role that may only select', async () => {
    const role = `init_${process.pid}`;
    await database.query(
      `create role ${role} login password 'reads-1'; grant select on all tables in schema public to ${role}`,
    );
    try {
      const url = new URL(database.url);
      url.username = role;
      url.password = 'reads-1';
      const report = await proposed({ ...database, url: url.href });
      expect(report.proposal?.sources.length).toBeGreaterThanOrEqual(2);
      expect(
        report.relations.filter(({ unlike }) => unlike === null).map(({ left, right }) => `${left} ${right}`),
      ).toEqual(expect.arrayContaining(['Kunden clients', 'site_details sites']));
    } finally {
      await database.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});
