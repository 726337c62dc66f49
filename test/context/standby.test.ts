import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateLegacyData } from '../../fixtures/generate.js';
import { mixtureOf } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import * as drydock from '../../src/index.js';
import { connected } from '../fixtures/filled.js';
import { type Pair, startPair, withClient } from '../support/standby.js';

let pair: Pair;
const work = mkdtempSync(join(tmpdir(), 'drydock-standby-'));

beforeAll(async () => {
  pair = await startPair({ max_standby_streaming_delay: '200ms' });
  const { url } = pair.primary;
  const mixture = mixtureOf({});
  await withClient(url, (client) => createLegacySchema(client, mixture));
  await generateLegacyData(() => connected(url), { mixture, submissions: 60 });
  await drydock.run({ databaseUrl: url });
  await pair.caughtUp();
}, 60_000);
afterAll(() => pair?.stop());

/** The options of a verb that speaks to the standby. */
const there = () => ({ databaseUrl: pair.standby.url });

test('a transaction of the primary with many subtransactions is visible after its commit, whatever was read meanwhile', async () => {
  const rows = () =>
    withClient(pair.standby.url, async (client) => {
      await client.query(
        'set enable_indexscan = off; set enable_bitmapscan = off; set enable_indexonlyscan = off',
      );
      const { rows } = await client.query(
        "select count(*)::int as n from public.submissions where title like 'sub %'",
      );
      return rows[0]?.n;
    });
  await withClient(pair.primary.url, async (client) => {
    await client.query('begin');
    for (let number = 0; number < 200; number += 1)
      await client.query(
        `savepoint s${number}; insert into public.submissions (id, title, submission_id) values (gen_random_uuid(), 'sub ${number}', 'sub${number}')`,
      );
    await pair.caughtUp();
    expect(await rows()).toBe(0);
    await drydock.backup({ ...there(), to: join(work, 'beside'), concurrency: 4 });
    await drydock.verify(there());
    await drydock.plan(there());
    await client.query('commit');
  });
  await pair.caughtUp();
  expect(await rows()).toBe(200);
  await drydock.sync({ databaseUrl: pair.primary.url });
  await pair.caughtUp();
});

test('what only reads works, and says what a standby does not show', async () => {
  const saved = await drydock.backup({ ...there(), to: join(work, 'backup') });
  expect(saved).toMatchObject({ standby: true, recorded: false });
  expect(saved.pgDump).toMatchObject({ left: expect.stringMatching(/standby|not installed/) });
  expect((await drydock.verify(there())).equal).toBe(true);
  expect(await drydock.status(there())).toMatchObject({ standby: true, running: null });
  const planned = await drydock.plan(there());
  expect(planned.stops).toEqual([]);
  expect(planned.warnings).toContain('The server is a standby: a run has to be given to the primary.');
  for await (const { sample } of drydock.monitor({ ...there(), checks: 1 })) {
    expect(sample).toMatchObject({ standby: true, unknown: expect.any(Array) });
  }
  const measured = await drydock.bench({ ...there(), questionSeconds: 0, loadSeconds: 1, readers: 2 });
  expect(measured.equal).toBe(true);
  expect((await drydock.report(there())).html).toContain('opportunities_unified');
});

test('dry runs work', async () => {
  const dry = { ...there(), phases: ['opportunities'], dryRun: true } as const;
  expect((await drydock.cutover({ ...dry, noBackup: true })).dryRun).toBe(true);
  expect((await drydock.rollback({ ...there(), dryRun: true })).dryRun).toBe(true);
  await expect(drydock.complete(dry)).rejects.toMatchObject({
    code: expect.not.stringMatching(/^[0-9A-Z]{5}$/),
  });
  expect((await drydock.rollbackFully({ ...there(), dryRun: true, from: join(work, 'backup') })).dryRun).toBe(
    true,
  );
});

test('keys that wait cannot be told apart on a standby: a verification waits for the queue, and says so', async () => {
  await withClient(pair.primary.url, (client) =>
    client.query("update public.opportunities set problem_statement = problem_statement || '!'"),
  );
  await pair.caughtUp();
  await expect(drydock.verify(there())).rejects.toMatchObject({
    code: 'changes-pending',
    state: 'Nothing was compared.',
  });
  const verified = drydock.verify(there());
  await drydock.sync({ databaseUrl: pair.primary.url });
  expect((await verified).equal).toBe(true);
}, 40_000);

test('what a standby cancels begins again, and says so', async () => {
  const notices: string[] = [];
  let disturbed = false;
  const { equal } = await drydock.verify({
    ...there(),
    onProgress: (event) => {
      if (event.type === 'notice') notices.push(event.message);
      if (event.type !== 'step' || disturbed) return;
      disturbed = true;
      cleanUpOnPrimary();
    },
  });
  expect(equal).toBe(true);
  expect(notices).toEqual([expect.stringContaining('The standby cancelled what was being read')]);
});

/** Removes a row version for good that the snapshots on the standby still see, and waits until they are ended for it. */
function cleanUpOnPrimary(): void {
  execFileSync(process.execPath, [
    '--input-type=module',
    '-e',
    `import pg from 'pg';
     const client = new pg.Client({ connectionString: process.argv[1] });
     await client.connect();
     await client.query('create table public.dead as select 1 as n');
     await client.query('delete from public.dead');
     await client.query('vacuum public.dead');
     await client.query('drop table public.dead; select pg_sleep(1)');
     await client.end();`,
    pair.primary.url,
  ]);
}

const PHASE = { phases: ['opportunities'] } as const;
const REFUSED: Readonly<Record<string, () => Promise<unknown>>> = {
  run: () => drydock.run(there()),
  sync: () => drydock.sync(there()),
  'sync --follow': () => drydock.sync({ ...there(), follow: true, signal: AbortSignal.timeout(5_000) }),
  refresh: () => drydock.refresh(there()),
  pause: () => drydock.pause(there()),
  resume: () => drydock.resume(there()),
  throttle: () => drydock.throttle({ ...there(), maxRate: null }),
  cutover: () => drydock.cutover({ ...there(), ...PHASE }),
  rollback: () => drydock.rollback({ ...there(), ...PHASE }),
  complete: () => drydock.complete({ ...there(), ...PHASE }),
  'verify --record': () => drydock.verify({ ...there(), record: true }),
  'verify --strict': () => drydock.verify({ ...there(), strict: true }),
  restore: () => drydock.restore({ ...there(), from: join(work, 'backup'), into: 'tryout' }),
  'rollback --full': () => drydock.rollbackFully({ ...there(), from: join(work, 'backup') }),
};

test.each(Object.keys(REFUSED))('%s is refused on a standby, in a sentence', async (verb) => {
  await expect(REFUSED[verb]?.()).rejects.toMatchObject({
    code: 'read-only-server',
    message: expect.stringContaining('The server is a standby, which takes no writes.'),
    next: 'Give the command to the primary server.',
  });
  expect(readdirSync(work).filter((name) => name.includes('unfinished'))).toEqual([]);
  expect(existsSync(join(work, 'tryout'))).toBe(false);
});
