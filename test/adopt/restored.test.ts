import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateLegacyData } from '../../fixtures/generate.js';
import { SHAPE_A } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { type EmbeddedServer, startServer } from '../../src/embedded/server.js';
import { findServerUser } from '../../src/embedded/server-user.js';
import { adopt, cutover, run, status, sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { endEnhancements, goOn, goOnForAWhile } from './journey.js';

/** Debian's PostgreSQL 15: its pg_dump belongs to no package of npm, and dumps no newer server. */
const NATIVE = '/usr/lib/postgresql/15';
const tools = (...names: readonly string[]) => names.every((name) => existsSync(join(NATIVE, 'bin', name)));
const HAS_DUMP = tools('initdb', 'postgres', 'pg_dump', 'pg_restore');
const HAS_UPGRADE = HAS_DUMP && tools('pg_upgrade', 'pg_ctl');
const CLONER = ['/usr/bin/pgcopydb', '/usr/local/bin/pgcopydb'].find(existsSync);

if (!HAS_DUMP) console.warn(`Left out: there is no pg_dump of PostgreSQL 15 in ${NATIVE}/bin.`);
if (HAS_DUMP && CLONER === undefined) console.warn('Left out: there is no pgcopydb.');

const execute = promisify(execFile);
let server: EmbeddedServer;
let directory: string;

beforeAll(async () => {
  if (!HAS_DUMP) return;
  directory = await mkdtemp(join(tmpdir(), 'drydock-restored-'));
  server = await startServer({ native: NATIVE, localeArgs: ['--locale=C'], settings: { fsync: 'off' } });
  await fill('original');
}, 600_000);

afterAll(async () => {
  await server?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

const urlOf = (name: string) => new URL(`/${name}`, server.url).href;

async function ask(name: string, sql: string) {
  const client = new pg.Client({ connectionString: urlOf(name) });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** As far as a journey needs it: both tables of a test's database. */
function databaseOf(name: string): TestDatabase {
  return { url: urlOf(name), name, query: (sql: string) => ask(name, sql) } as unknown as TestDatabase;
}

/** Legacy data with everything made of it, and the first phase cut over. */
async function fill(name: string): Promise<void> {
  await ask('postgres', `create database ${name} template template0 encoding 'UTF8'`);
  const connect = async () => {
    const client = new pg.Client({ connectionString: urlOf(name) });
    await client.connect();
    return client;
  };
  const client = await connect();
  await createLegacySchema(client, SHAPE_A, { extras: false });
  await generateLegacyData(connect, { mixture: SHAPE_A, submissions: 40, oddShare: 0.05 });
  await client.query('alter table opportunities add column number serial');
  await client.end();
  await run({ databaseUrl: urlOf(name), batchSize: 100 });
  await cutover({ databaseUrl: urlOf(name), phases: ['opportunities'], noBackup: true });
  await ask(name, `update opportunities set description = 'in the queue'`);
}

async function dump(...options: readonly string[]): Promise<string> {
  const file = join(directory, `${Math.random()}.dump`);
  await execute(join(NATIVE, 'bin/pg_dump'), ['-Fc', ...options, '-f', file, urlOf('original')]);
  return file;
}

async function restoreInto(name: string, file: string, ...options: readonly string[]): Promise<void> {
  await ask('postgres', `create database ${name} template template0 encoding 'UTF8'`);
  await execute(join(NATIVE, 'bin/pg_restore'), [...options, '-d', urlOf(name), file]);
}

test.runIf(HAS_DUMP)('dumped and restored under another name', { timeout: 300_000 }, async () => {
  await restoreInto('restored', await dump());
  const databaseUrl = urlOf('restored');
  expect(await status({ databaseUrl })).toMatchObject({
    copyOf: { database: 'original', needsAdoption: true },
  });
  await expect(sync({ databaseUrl })).rejects.toMatchObject({ code: 'needs-adoption' });
  // Applications may be there before anybody: what carries their writes names nothing by oid.
  await ask('restored', `insert into opportunities_unified (title, problem_statement) values ('early', 'x')`);
  const done = await adopt({ databaseUrl });
  expect(done).toMatchObject({ outcome: 'adopted', copyOf: 'original', findings: [] });
  expect(done.phases.map(({ asRemembered, verification }) => [asRemembered, verification?.equal])).toEqual(
    done.phases.map(() => [0, true]),
  );
  expect(
    (await ask('restored', 'select count(*)::int as n from drydock.changes')).rows[0]?.n,
  ).toBeGreaterThan(0);
  await goOn(databaseOf('restored'));
  // The original goes on as it was.
  expect(await sync({ databaseUrl: urlOf('original') })).toMatchObject({ outcome: 'caught-up' });
  expect(await verify({ databaseUrl: urlOf('original') })).toMatchObject({ equal: true });
});

test.runIf(HAS_DUMP)('restored with other owners and without rights', { timeout: 300_000 }, async () => {
  await ask('postgres', 'create role other superuser login');
  await ask('original', 'alter table opportunity_duplicates owner to other');
  const file = await dump();
  await ask('original', 'alter table opportunity_duplicates owner to postgres');
  await restoreInto('owned', file);
  const refused = await adopt({ databaseUrl: urlOf('owned') });
  expect(refused.outcome).toBe('refused');
  // The table, and what is on it.
  const owners = refused.findings.map(({ verdict, code, object }) => `${verdict} ${code} ${object}`);
  expect(owners).toContain('stops owner table public.opportunity_duplicates');
  expect(owners.filter((said) => !said.startsWith('stops owner '))).toEqual([]);
  expect(await adopt({ databaseUrl: urlOf('owned'), acceptOwners: ['other'] })).toMatchObject({
    outcome: 'adopted',
  });

  await restoreInto('nobodys', file, '--no-owner', '--no-acl');
  expect(await adopt({ databaseUrl: urlOf('nobodys') })).toMatchObject({ outcome: 'adopted', findings: [] });
  expect(await verify({ databaseUrl: urlOf('nobodys') })).toMatchObject({ equal: true });
});

test.runIf(HAS_DUMP && CLONER !== undefined)('cloned with pgcopydb', { timeout: 300_000 }, async () => {
  await ask('postgres', `create database cloned template template0 encoding 'UTF8'`);
  await execute(
    String(CLONER),
    [
      'clone',
      ...['--dir', join(directory, 'pgcopydb'), '--source', urlOf('original'), '--target', urlOf('cloned')],
    ],
    { env: { ...process.env, PATH: `${NATIVE}/bin:${process.env.PATH}` } },
  );
  const databaseUrl = urlOf('cloned');
  expect(await adopt({ databaseUrl })).toMatchObject({
    outcome: 'adopted',
    copyOf: 'original',
    findings: [],
  });
  await goOnForAWhile(databaseOf('cloned'));
});

test.runIf(HAS_UPGRADE)('taken through pg_upgrade', { timeout: 300_000 }, async () => {
  const upgraded = await startServer({
    native: NATIVE,
    localeArgs: ['--locale=C'],
    settings: { fsync: 'off' },
  });
  try {
    await upgrade(upgraded);
  } finally {
    await upgraded.stop();
  }
});

/** Last, because it stops the server: the upgraded files are served from where they are. */
async function upgrade(target: EmbeddedServer): Promise<void> {
  const bin = join(NATIVE, 'bin');
  const user = await findServerUser();
  const { uid, gid } = user.credentials;
  const as = uid === undefined ? {} : { uid, gid };
  const work = await mkdtemp(join(directory, 'upgrade-'));
  if (uid !== undefined && gid !== undefined) {
    await chown(directory, uid, gid);
    await chown(work, uid, gid);
  }
  const call = (program: string, ...args: readonly string[]) =>
    execFileSync(join(bin, program), [...args], {
      ...as,
      cwd: work,
      stdio: 'pipe',
      env: { ...process.env, PGPASSWORD: server.password, HOME: work },
    });
  const copies = { old: join(work, 'old'), new: join(work, 'new') };
  for (const data of [server.dataDir, target.dataDir]) call('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
  execFileSync('cp', ['-a', server.dataDir, copies.old]);
  execFileSync('cp', ['-a', target.dataDir, copies.new]);
  for (const data of Object.values(copies))
    execFileSync('sh', [
      '-c',
      `printf 'local all all trust\\nhost all all 127.0.0.1/32 trust\\n' > ${data}/pg_hba.conf`,
    ]);
  call('pg_upgrade', '-b', bin, '-B', bin, '-d', copies.old, '-D', copies.new, '-U', 'postgres', '-s', work);
  call(
    'pg_ctl',
    '-D',
    copies.new,
    '-l',
    join(work, 'log'),
    '-o',
    `-p ${target.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${work}`,
    '-w',
    'start',
  );
  try {
    const url = (name: string) => `postgresql://postgres@127.0.0.1:${target.port}/${name}`;
    const query = async (sql: string) => {
      const client = new pg.Client({ connectionString: url('original') });
      await client.connect();
      return client.query(sql).finally(() => client.end());
    };
    // Nothing is to be adopted: relations have the ids that they had, and all else is found.
    expect(await status({ databaseUrl: url('original') })).toMatchObject({
      copyOf: { database: 'original', needsAdoption: false },
    });
    expect(await verify({ databaseUrl: url('original') })).toMatchObject({ equal: true });
    const database = { url: url('original'), name: 'original', query } as unknown as TestDatabase;
    await endEnhancements(database);
    await query('delete from opportunities_unified where title = $$after all$$');
    await run({ databaseUrl: url('original') });
    await goOn(database);
  } finally {
    call('pg_ctl', '-D', copies.new, '-m', 'immediate', 'stop');
  }
}
