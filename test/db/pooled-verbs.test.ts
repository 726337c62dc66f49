import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import * as drydock from '../../src/index.js';
import { atSea, inHarbour } from '../cutover/at-sea.js';
import { needsPgbouncer, pgbouncer } from '../support/pgbouncer.js';
import { poolerBefore } from '../support/pooler.js';

const directory = mkdtempSync(join(tmpdir(), 'drydock-pooled-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Verb = (databaseUrl: string) => Promise<unknown>;

/** Everything that opens a session. */
const VERBS: Readonly<Record<string, Verb>> = {
  backup: (databaseUrl) => drydock.backup({ databaseUrl, to: join(directory, 'backup') }),
  bench: (databaseUrl) => drydock.bench({ databaseUrl }),
  complete: (databaseUrl) => drydock.complete({ databaseUrl, phases: ['opportunities'] }),
  cutover: (databaseUrl) => drydock.cutover({ databaseUrl, phases: ['opportunities'], noBackup: true }),
  monitor: async (databaseUrl) => drydock.monitor({ databaseUrl, checks: 1 }).next(),
  pause: (databaseUrl) => drydock.pause({ databaseUrl }),
  plan: (databaseUrl) => drydock.plan({ databaseUrl }),
  refresh: (databaseUrl) => drydock.refresh({ databaseUrl }),
  report: (databaseUrl) => drydock.report({ databaseUrl }),
  rollback: (databaseUrl) => drydock.rollback({ databaseUrl, phases: ['opportunities'] }),
  run: (databaseUrl) => drydock.run({ databaseUrl }),
  status: (databaseUrl) => drydock.status({ databaseUrl }),
  sync: (databaseUrl) => drydock.sync({ databaseUrl }),
  verify: (databaseUrl) => drydock.verify({ databaseUrl }),
};

/** What an application finds that shares the pool: its own table, and its own write on the legacy side. */
async function applicationWorks(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `update opportunities_unified set title = 'Written directly' where id = (select id from opportunities_unified where from_opportunities order by id limit 1)`,
    );
    const { rows } = await client.query(
      `select count(*)::int as n from opportunities where title = 'Written directly'`,
    );
    expect(rows).toEqual([{ n: 1 }]);
    expect((await client.query('show row_security')).rows).toEqual([{ row_security: 'on' }]);
    const locks = await client.query(
      `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(locks.rowCount).toBe(0);
  } finally {
    await client.end();
  }
}

test('behind a transaction pooler every verb refuses, and an application that shares the pool works on', async () => {
  const database = await atSea('A');
  const poolers = [(await poolerBefore(database.url, { mode: 'transaction' })).url];
  for (const url of poolers) {
    for (const [name, verb] of Object.entries(VERBS)) {
      await expect(verb(url), name).rejects.toMatchObject({ code: 'transaction-pooler' });
    }
    await applicationWorks(url);
  }
});

test('the same with PgBouncer; in its session mode all of them work', async () => {
  needsPgbouncer();
  const database = await inHarbour('A');
  const shared = await pgbouncer(database.url, 'transaction');
  for (const [name, verb] of Object.entries(VERBS)) {
    await expect(verb(shared), name).rejects.toMatchObject({ code: 'transaction-pooler' });
  }
  const databaseUrl = await pgbouncer(database.url, 'session', { server_reset_query: '' });
  const phases = ['opportunities', 'assessments'] as const;
  expect(await drydock.run({ databaseUrl, phases, batches: { from: 1, to: 1 } })).toMatchObject({
    outcome: 'done',
  });
  expect(await drydock.cutover({ databaseUrl, phases, noBackup: true })).toMatchObject({
    phases: [{ outcome: 'cut-over' }, { outcome: 'cut-over' }],
  });
  await applicationWorks(databaseUrl);
  await drydock.sync({ databaseUrl });
  expect(await drydock.verify({ databaseUrl, phases })).toMatchObject({ equal: true });
  await drydock.rollback({ databaseUrl, phases });
  expect(await drydock.status({ databaseUrl })).toMatchObject({ database: database.name });
});
