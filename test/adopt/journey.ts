import { expect } from 'vitest';
import * as drydock from '../../src/index.js';
import { cutOver } from '../cutover/at-sea.js';
import type { TestDatabase } from '../support/database.js';
import { UNIFYING_PHASES } from '../support/phases.js';

const BOTH = UNIFYING_PHASES;

/** Every copy goes all of the way with `DRYDOCK_TEST_COPIES=all npx vitest run test/adopt`; it takes minutes. */
const ALL = process.env.DRYDOCK_TEST_COPIES === 'all';

/** The way of a copy that is like another one in what is left to do: so far that each of its parts was at work. */
export async function goOnForAWhile(database: TestDatabase): Promise<void> {
  if (ALL) return goOn(database);
  const databaseUrl = database.url;
  await database.query(`update opportunities set description = 'written in the copy'`);
  expect(await drydock.sync({ databaseUrl })).toMatchObject({ outcome: 'caught-up' });
  expect(await drydock.verify({ databaseUrl })).toMatchObject({ equal: true });
  await endEnhancements(database, `update opportunities set description = 'after all'`);
}

/** The whole rest of a migration, in a copy: each verb, with applications that write to both sides between them. */
export async function goOn(database: TestDatabase): Promise<void> {
  const databaseUrl = database.url;
  const states = async () => (await drydock.status({ databaseUrl })).phases.map(({ state }) => state);
  await database.query(`update opportunities set description = 'written in the copy'`);
  await drydock.run({ databaseUrl });
  await database.query(`update opportunities set description = 'written again'`);
  expect(await drydock.sync({ databaseUrl })).toMatchObject({ outcome: 'caught-up' });
  expect(await drydock.verify({ databaseUrl, strict: true })).toMatchObject({ equal: true });

  const cut = await cutOver(database);
  expect(cut.phases.map(({ verification }) => verification?.equal)).toEqual([true, true]);
  await database.query(`insert into opportunities_unified (title, problem_statement) values ('direct', 'x')`);
  await database.query(`insert into opportunities (title, problem_statement) values ('old name', 'x')`);
  await drydock.sync({ databaseUrl });
  expect(await drydock.verify({ databaseUrl })).toMatchObject({ equal: true });

  const back = await drydock.rollback({ databaseUrl, phases: BOTH });
  expect(back.phases.map(({ reverted }) => reverted?.tables.length)).toEqual([3, 3]);
  const { rows } = await database.query(
    `select count(*)::int as n from opportunities where title in ('direct', 'old name')`,
  );
  expect(rows).toEqual([{ n: 2 }]);

  await cutOver(database);
  const done = await drydock.complete({ databaseUrl, phases: BOTH });
  expect(done.phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  expect(await states()).toEqual(['completed', 'completed', 'verified']);
  await drydock.refresh({ databaseUrl });
  await endEnhancements(database);
}

/** Rolls the last phase back, after which nothing of it may be in the way of a writer. */
export async function endEnhancements(
  database: TestDatabase,
  write = `insert into opportunities_unified (title) values ('after all')`,
): Promise<void> {
  await drydock.rollback({ databaseUrl: database.url, phases: ['enhancements'] });
  await database.query(write);
  const { rows } = await database.query(
    `select count(*)::int as n from pg_class c where c.relkind = 'm' or c.relname like 'submission_metric%'`,
  );
  expect(rows).toEqual([{ n: 0 }]);
}
