import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { complete, cutover, rollback, status, sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { atSea, cutOver, inHarbour } from './at-sea.js';

/** Writes without pause until it is told to stop; a statement that fails ends the test. */
class Writer {
  written = 0;
  readonly #done: Promise<void>;
  #stop = false;

  constructor(client: pg.Client, write: (client: pg.Client, n: number) => Promise<unknown>) {
    this.#done = (async () => {
      for (let n = 0; !this.#stop; n += 1) {
        await write(client, n);
        this.written += 1;
        await sleep(20);
      }
    })();
    this.#done.catch(() => undefined);
  }

  async end(): Promise<number> {
    this.#stop = true;
    await this.#done;
    return this.written;
  }
}

async function writers(database: TestDatabase): Promise<Writer[]> {
  await database.query(
    `create function add_opportunity(n int) returns void language plpgsql as
     $$ begin insert into opportunities (title, problem_statement) values ('plpgsql ' || n, 'p'); end $$`,
  );
  const plain = (client: pg.Client, n: number) =>
    client.query(`insert into opportunities (title, problem_statement) values ('plain ${n}', 'p')`);
  const prepared = (client: pg.Client, n: number) =>
    client.query({
      name: 'add',
      text: `insert into opportunities (title, problem_statement) values ('prepared ' || $1, 'p')`,
      values: [n],
    });
  const plpgsql = (client: pg.Client, n: number) => client.query('select add_opportunity($1)', [n]);
  const both = async (client: pg.Client, n: number) => {
    await client.query('begin');
    await client.query(
      `insert into app_opportunities (submission_id, problem_description, app_concept, core_functions, value_proposition, target_user, monetization_model)
      values ('load' || $1, 'p', 'c', '[]', 'v', 't', 'm')`,
      [n],
    );
    await client.query(
      `update opportunities set description = 'touched' where id = (select id from opportunities order by id limit 1)`,
    );
    await client.query('commit');
  };
  return [
    new Writer(await database.client(), plain),
    new Writer(await database.client(), prepared),
    new Writer(await database.client(), plpgsql),
    new Writer(await database.client(), both),
  ];
}

test('writers go on over the swap and back, plain, prepared and plpgsql: none fails, none is lost', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  const { rows: before } = await database.query(`select count(*)::int as n from opportunities`);
  const all = await writers(database);
  const report = await cutOver(database, ['opportunities']);
  expect(report.phases).toMatchObject([{ outcome: 'cut-over', verification: { equal: true } }]);
  const back = await rollback({ databaseUrl, phases: ['opportunities'] });
  expect(back.phases[0]?.reverted?.catalogDifferences).toEqual([]);
  await cutOver(database, ['opportunities']);
  const counts: number[] = [];
  for (const writer of all) counts.push(await writer.end());
  await sync({ databaseUrl });
  const expected = before[0]?.n + counts.slice(0, 3).reduce((sum, count) => sum + count, 0);
  expect((await database.query(`select count(*)::int as n from opportunities`)).rows).toEqual([
    { n: expected },
  ]);
  expect(
    (
      await database.query(
        `select count(*)::int as n from app_opportunities where submission_id like 'load%'`,
      )
    ).rows,
  ).toEqual([{ n: counts[3] }]);
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });
});

test('submissions are deleted while the names change, there and back: none of it fails', async () => {
  const database = await inHarbour(
    'A',
    `alter table opportunities drop constraint opportunities_submission_id_fkey,
       add foreign key (submission_id) references submissions on delete set null`,
  );
  const databaseUrl = database.url;
  // The foreign keys of our tables make an update of each.
  const { rows } = await database.query<{ id: string }>('select id::text as id from submissions order by id');
  const remove = (client: pg.Client, n: number) =>
    client.query('delete from submissions where id::text = $1', [rows[n]?.id ?? '']);
  const client = await database.client();
  const opportunities = { databaseUrl, phases: ['opportunities' as const] };
  // Held up when all is made, and nothing is swapped.
  await client.query('begin; lock table opportunities in access share mode');
  const waiting = cutover({ ...opportunities, noBackup: true, patience: 60 });
  for (let made = false; !made; await sleep(50)) {
    const { rows: triggers } = await database.query(
      `select from pg_trigger where tgname = 'drydock_reverse_update' and tgrelid = 'opportunities_unified'::regclass`,
    );
    made = triggers.length > 0;
  }
  await database.query('delete from submissions where id::text = $1', [rows.at(-1)?.id]);
  await client.query('commit');
  const writer = new Writer(await database.client(), remove);
  expect(await waiting).toMatchObject({ phases: [{ outcome: 'cut-over', verification: { equal: true } }] });
  const back = await rollback(opportunities);
  expect(back.phases[0]?.reverted?.catalogDifferences).toEqual([]);
  expect(await writer.end()).toBeGreaterThan(0);
  await sync({ databaseUrl });
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });
});

test('a transaction that holds a table stops the swap by name, and nothing is half done; killed, it goes on', async () => {
  const database = await inHarbour('B');
  const databaseUrl = database.url;
  const client = await database.client();
  await client.query(
    `set application_name = 'a long report'; begin; insert into workflow_results (opportunity_id, app_name) values ('opp_held', 'x')`,
  );
  await sync({ databaseUrl });
  await expect(
    cutover({ databaseUrl, phases: ['opportunities'], noBackup: true, patience: 1 }),
  ).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining('a long report'),
  });
  expect((await status({ databaseUrl })).phases[0]?.state).toBe('in-sync');

  // Killed while it waits for the tables.
  const killed = cutover({ databaseUrl, phases: ['opportunities'], noBackup: true, patience: 30 }).catch(
    (error: unknown) => error,
  );
  for (let n = 0; n === 0; await sleep(50)) {
    const { rows } = await database.query(
      `select count(pg_terminate_backend(pid))::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'drydock%' and query like '%lock table%'`,
    );
    n = rows[0]?.n;
  }
  expect(await killed).toMatchObject({ code: 'connection-lost' });
  await client.query('commit');
  await sync({ databaseUrl });
  const { phases } = await cutover({ databaseUrl, phases: ['opportunities'], noBackup: true });
  expect(phases).toMatchObject([{ outcome: 'cut-over', verification: { equal: true } }]);
  const again = await cutover({ databaseUrl, phases: ['opportunities'], noBackup: true });
  expect(again.phases).toMatchObject([{ outcome: 'already-cut-over' }]);
  // What was never cut over is dropped as before, the functions that a stopped cutover made included.
  await rollback({ databaseUrl, drop: true });
  expect(
    (await database.query(`select count(*)::int as n from pg_namespace where nspname like 'drydock%'`)).rows,
  ).toEqual([{ n: 0 }]);
});

test('a migration is completed beside readers who are never gone', async () => {
  const database = await atSea('B');
  let reading = true;
  const readers = [await database.client(), await database.client()].map(async (client) => {
    while (reading) {
      await client.query('begin isolation level repeatable read read only');
      for (let look = 0; look < 2; look += 1)
        await client.query(
          'select (select count(*) from submissions) + (select count(*) from workflow_results), pg_sleep(0.05)',
        );
      await client.query('commit');
    }
  });
  try {
    const { phases } = await complete({ databaseUrl: database.url, patience: 30 });
    expect(phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  } finally {
    reading = false;
    await Promise.all(readers);
  }
});

test('beside long transactions in close succession only a longer wait gets through', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  const long = async (client: pg.Client) => {
    await client.query('begin; update opportunities set description = description');
    await sleep(1_500);
    await client.query('commit');
  };
  const all = [new Writer(await database.client(), long)];
  await sleep(750);
  all.push(new Writer(await database.client(), long));
  const options = { databaseUrl, phases: ['opportunities'], noBackup: true } as const;
  await expect(cutover({ ...options, patience: 2 })).rejects.toMatchObject({
    code: 'locked',
    next: expect.stringContaining('--lock-wait'),
  });
  const { phases } = await cutover({ ...options, lockWait: 4 });
  expect(phases).toMatchObject([{ outcome: 'cut-over', verification: { equal: true } }]);
  for (const writer of all) await writer.end();
}, 180_000);
