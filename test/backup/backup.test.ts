import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { backup } from '../../src/index.js';
import { drydock, start } from '../cli/process.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { workDirectory } from './place.js';

const database = () => prepared({ mixture: mixtureOf({}), submissions: 60, oddShare: 0 });

/** Keeps a backup from beginning to read, when it has made its directory already. */
async function heldUp(of: Awaited<ReturnType<typeof database>>): Promise<() => Promise<void>> {
  const client = await of.client();
  await client.query('begin; lock table public.opportunities in access exclusive mode');
  return async () => {
    await client.query('rollback');
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 30_000) throw new Error('waited in vain');
    await sleep(20);
  }
}

test('all tables are of one moment, though others write meanwhile; only the owner can read the files', async () => {
  const subject = await database();
  const writer = await subject.client();
  let stop = false;
  const writes = (async () => {
    for (let number = 0; !stop; number += 1) {
      await writer.query(`begin;
        insert into public.submissions (id, title, submission_id) values (gen_random_uuid(), 'pair', 'pair${number}');
        insert into public.workflow_results (app_name, opportunity_id) values ('pair', 'pair${number}'); commit`);
    }
  })();
  const to = join(workDirectory(), 'backup');
  const report = await backup({ databaseUrl: subject.url, to, concurrency: 3 });
  stop = true;
  await writes;
  const pairs = ['01-submissions', '04-workflow_results'].map(
    (name) =>
      gunzipSync(readFileSync(join(to, `${name}.copy.gz`)))
        .toString()
        .split('\n')
        .filter((line) => /\bpair\d/.test(line)).length,
  );
  expect(pairs[0]).toBe(pairs[1]);
  expect(pairs[0]).toBeGreaterThan(0);
  expect(report.recorded).toBe(false);
  expect(statSync(to).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(to)) expect(statSync(join(to, name)).mode & 0o777).toBe(0o600);
});

test('killed, it leaves a directory under another name, which the next one removes and says so', async () => {
  const subject = await database();
  const work = workDirectory();
  const letGo = await heldUp(subject);
  const child = start(['backup', '--to', join(work, 'backup')], { DATABASE_URL: subject.url });
  await until(() => readdirSync(work).length > 0);
  const [left] = readdirSync(work);
  expect(left).toMatch(/^backup\.unfinished-/);
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
  expect(readdirSync(work)).toEqual([left]);
  await letGo();
  const again = await drydock(['backup', '--to', join(work, 'backup'), '--json', '--verbose'], {
    DATABASE_URL: subject.url,
  });
  expect(again.status).toBe(0);
  expect(again.stderr).toContain('was left by a backup that did not come to its end: it was removed');
  expect(readdirSync(work)).toEqual(['backup']);
  expect(JSON.parse(again.stdout)).toMatchObject({ directory: join(work, 'backup'), recorded: false });
});

test('stopped by a signal, or refused, it leaves nothing', async () => {
  const subject = await database();
  const work = workDirectory();
  const letGo = await heldUp(subject);
  const controller = new AbortController();
  const stopped = backup({ databaseUrl: subject.url, to: join(work, 'backup'), signal: controller.signal });
  const expected = expect(stopped).rejects.toMatchObject({ code: 'stopped' });
  await until(() => readdirSync(work).length > 0);
  controller.abort();
  await expected;
  await letGo();
  expect(readdirSync(work)).toEqual([]);

  // What is hidden from the user by row-level security would be missing.
  const role = await createRole(subject);
  await subject.query(
    `grant select on all tables in schema public to ${role.name}; alter table public.opportunities enable row level security`,
  );
  await expect(backup({ databaseUrl: role.url, to: join(work, 'backup') })).rejects.toMatchObject({
    code: 'row-level-security',
  });
  // What is in the way stays as it is.
  mkdirSync(join(work, 'mine'));
  writeFileSync(join(work, 'mine', 'file'), 'precious');
  await expect(backup({ databaseUrl: subject.url, to: join(work, 'mine') })).rejects.toMatchObject({
    code: 'not-empty',
  });
  await expect(backup({ databaseUrl: subject.url, to: join(work, 'mine', 'file') })).rejects.toMatchObject({
    code: 'not-empty',
  });
  expect(readFileSync(join(work, 'mine', 'file'), 'utf8')).toBe('precious');
  await subject.query('create table public.child () inherits (public.opportunities)');
  await expect(backup({ databaseUrl: subject.url, to: join(work, 'backup') })).rejects.toMatchObject({
    code: 'unsupported-table',
  });
  expect(readdirSync(work)).toEqual(['mine']);
});

/** A file system with no room; only root may mount one, and not everywhere. */
function tinyDisk(): string | null {
  const directory = workDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40k', 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', [directory]));
  return directory;
}

test('a full disk is named, and nothing is left on it', async (context) => {
  const disk = tinyDisk();
  context.skip(disk === null, 'only root can mount a file system');
  const subject = await database();
  await expect(backup({ databaseUrl: subject.url, to: join(disk ?? '', 'backup') })).rejects.toMatchObject({
    code: 'disk-full',
    exitStatus: 2,
  });
  expect(readdirSync(disk ?? '')).toEqual([]);
});
