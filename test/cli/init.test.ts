import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { CLOSED_URL, drydock } from './process.js';

const directory = mkdtempSync(join(tmpdir(), 'drydock-init-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (name: string) => join(directory, name);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('init_cli');
  await database.query(`
    create table people (id int primary key, email text, name text);
    create table clients (no int primary key, mail text, full_name text);
    create table stones (stone int primary key, weight numeric);
    insert into people select i, 'p' || i || '@x.example', 'Person ' || i from generate_series(1, 60) i;
    insert into clients select 900 + i, 'P' || i || '@X.example', 'Person ' || i from generate_series(20, 90) i;
    insert into stones select i, i * 1.5 from generate_series(1, 20) i`);
});

const TABLES = ['--tables', 'people,clients'];

test('prints the declaration, or writes it to a file, and never over one without --force', async () => {
  const env = { DATABASE_URL: database.url };
  const printed = await drydock(['init', ...TABLES, '--output', '-'], env);
  expect(printed).toMatchObject({ status: 0, stdout: expect.stringContaining('d.same(byEmail,') });

  const output = file('drydock.config.ts');
  const written = await drydock(['init', ...TABLES, '--output', output], env);
  expect(written).toMatchObject({ status: 0, stdout: expect.stringContaining('2 shared columns, all sure') });
  expect(readFileSync(output, 'utf8')).toBe(printed.stdout);

  writeFileSync(output, 'mine');
  for (const name of ['drydock.config.ts', 'drydock.config.mjs']) {
    const refused = await drydock(['init', ...TABLES, '--output', file(name), '--json'], {
      DATABASE_URL: CLOSED_URL,
    });
    expect(refused.status).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'file-exists', retry: false } });
  }
  expect(readFileSync(output, 'utf8')).toBe('mine');
  expect(await drydock(['init', ...TABLES, '--output', output, '--force'], env)).toMatchObject({ status: 0 });
  expect(readFileSync(output, 'utf8')).toBe(printed.stdout);
});

test('gives the evidence as data', async () => {
  const { status, stdout } = await drydock(['init', '--json'], { DATABASE_URL: database.url });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    file: null,
    proposal: { name: 'clients', sources: ['clients', 'people'] },
    relations: expect.arrayContaining([
      expect.objectContaining({ left: 'clients', right: 'people', unlike: null }),
    ]),
  });
});

test('exits 1 and writes nothing where the tables do not hold the same things', async () => {
  const output = file('none.ts');
  const args = ['init', '--tables', 'people,stones', '--output', output];
  const { status, stdout } = await drydock(args, { DATABASE_URL: database.url });
  expect(status).toBe(1);
  expect(stdout.replace(/\s+/g, ' ')).toContain('nothing says that they hold the same things');
  expect(existsSync(output)).toBe(false);
});

test.each([
  ['people', /One table has nothing to be unified with/],
  ['people,people', /is named twice/],
  ['people,gone', /There is no table "gone" in schema "public"/],
  ['people,', /--tables wants names of tables/],
])('--tables %s is refused', async (tables, why) => {
  const { status, stderr } = await drydock(['init', '--tables', tables, '--output', '-'], {
    DATABASE_URL: database.url,
  });
  expect(stderr).toMatch(why);
  expect(status).toBe(2);
});
