import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { SHAPE_A } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { backup, restore } from '../../src/index.js';
import { LEGACY_TABLES } from '../../src/redditharbor/tables.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { factsOf } from './facts.js';
import { workDirectory } from './place.js';

/** The major of the programs of PostgreSQL on this machine; 0: there are none. */
function installed(): number {
  try {
    execFileSync('psql', ['--version'], { stdio: 'ignore' });
    const text = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' });
    return Number(/\(PostgreSQL\) (\d+)/.exec(text)?.[1]);
  } catch {
    return 0;
  }
}

async function legacy(): Promise<TestDatabase> {
  const database = await createTestDatabase('dumped');
  await createLegacySchema(await database.client(), SHAPE_A, { extras: true });
  return database;
}

/** Everything around the tables, and not the tables. */
async function surroundings(): Promise<TestDatabase> {
  const database = await legacy();
  await database.query(`drop table ${LEGACY_TABLES.map((name) => `public.${name}`).join(', ')} cascade`);
  return database;
}

test('our own reader of the catalog makes what pg_dump makes', async (context) => {
  const [own, server] = [installed(), Math.floor(inject('serverVersion') / 10_000)];
  context.skip(own < server, `pg_dump is of version ${own}, the server of ${server}`);
  const database = await legacy();
  const to = join(workDirectory(), 'backup');
  expect(await backup({ databaseUrl: database.url, to })).toMatchObject({ pgDump: { file: 'schema.sql' } });
  const [ours, theirs] = [await surroundings(), await surroundings()];
  expect(await restore({ databaseUrl: ours.url, from: to })).toMatchObject({ equal: true, warnings: [] });
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', join(to, 'schema.sql'), theirs.url]);
  const facts = await factsOf(ours, 'public', LEGACY_TABLES);
  expect(facts.length).toBeGreaterThan(80);
  expect(await factsOf(theirs, 'public', LEGACY_TABLES)).toEqual(facts);
});
