import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { CLOSED_URL, drydock, ended, MAIN, start } from './process.js';

const VERBS: readonly string[][] = [
  ['plan'],
  ['run'],
  ['verify'],
  ['status'],
  ['pause'],
  ['resume'],
  ['throttle', 'off'],
  ['rollback', '--phase', 'all', '--yes'],
];

describe('a server that cannot be reached', () => {
  test.each(VERBS)('%s says so, and exits 2', async (...verb) => {
    const { status, stdout, stderr } = await drydock([...verb, '--database-url', CLOSED_URL]);
    expect(stderr).toMatch(/drydock: .*127\.0\.0\.1:1/);
    expect(stderr).toMatch(/State: Nothing was written\.\n {2}Next: {2}\S/);
    expect(stderr).not.toMatch(/defect|^ +at /m);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('as JSON it is one document, without a word on stderr', async () => {
    const { status, stdout, stderr } = await drydock(['plan', '--json', '--database-url', CLOSED_URL]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cannot-connect' } });
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
  });

  test('the environment names it too', async () => {
    const byUrl = await drydock(['plan'], { DATABASE_URL: CLOSED_URL });
    const byName = await drydock(['plan'], { PGHOST: '127.0.0.1', PGPORT: '1', PGPASSWORD: 'x' });
    for (const { status, stderr } of [byUrl, byName]) {
      expect(stderr).toContain('127.0.0.1:1');
      expect(status).toBe(2);
    }
  });
});

test.each([
  [{ PGHOST: '127.0.0.1', PGPORT: 'abc' }, 'PGPORT'],
  [{ DATABASE_URL: 'postgres://app@127.0.0.1/reddit?port=70000' }, 'port'],
  [{ DATABASE_URL: '', PGHOST: '127.0.0.1' }, 'it is empty'],
])('what cannot be meant is named: %j', async (env, what) => {
  const { status, stderr } = await drydock(['status'], env);
  expect(stderr).toContain(what);
  expect(stderr).not.toMatch(/defect|^ +at /m);
  expect(status).toBe(2);
});

test.each([
  ['sslmode=require', 'does not support SSL'],
  ['sslmode=verify-ca', 'does not exist'],
  ['sslmode=verify-full&sslrootcert=/nowhere/ca.pem', '/nowhere/ca.pem'],
])('what is wrong with %s is told, and nothing else', async (asked, what) => {
  const { status, stdout, stderr } = await drydock([
    'status',
    '--database-url',
    `${inject('databaseUrl').split('?')[0]}?${asked}`,
  ]);
  expect(stderr).toContain(what);
  expect(stderr).not.toMatch(/defect|^ +at |node:|trace-warnings/m);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

test.skipIf(!existsSync('/dev/full'))('an output that cannot be written is no defect of ours', async () => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const { status, stderr } = spawnSync(process.execPath, [MAIN, '--help'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/drydock: What is to be printed cannot be written \(ENOSPC\)/);
  expect(status).toBe(2);
});

describe('a password never shows', () => {
  const secret = 'hidden-pass-1';
  test.each<[args: string[], env: Record<string, string>]>([
    [['plan', '--database-url', CLOSED_URL], {}],
    [['plan', '--json', '--database-url', CLOSED_URL], {}],
    [['plan', '--verbose', '--log-format', 'json'], { DATABASE_URL: CLOSED_URL }],
    [['plan', '--verbose'], { PGHOST: '127.0.0.1', PGPORT: '1', PGPASSWORD: secret }],
    [['plan', '--verbose', '--database-url', `postgres://app:${secret}@[broken/db`], {}],
    [['plan', '--verbose', '--database-url', `postgres://app:${secret}@127.0.0.1:notaport/db`], {}],
    [['plan', '--database-url', `host=127.0.0.1 port=1 password=${secret}`], {}],
    [['plan', '--verbose'], { DATABASE_URL: `host=127.0.0.1 ${secret} user=x` }],
    [['plan', '--database-url', `mysql://app:${secret}@h/db`], {}],
    [['plan', `--database-ur=postgres://app:${secret}@h/db`], {}],
    [['plan', `--pasword=${secret}`], {}],
    [[`postgres://app:${secret}@h/db`], {}],
    [['plan', '--phase', secret], { PGPASSWORD: secret }],
  ])('drydock %j', async (args, env) => {
    const { status, stdout, stderr } = await drydock(args, env);
    expect(stdout + stderr).not.toContain(secret);
    expect(status).toBe(2);
  });

  test.runIf(process.platform === 'linux')('not even in the list of processes', async () => {
    const { child, close } = await connecting();
    const commandLine = await readFile(`/proc/${child.pid}/cmdline`, 'utf8');
    const result = ended(child);
    child.kill('SIGKILL');
    await result;
    close();
    expect(commandLine).toMatch(/^drydock/);
    expect(commandLine).not.toContain(secret);
  });
});

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends with %i; the second one at once', async (signal, status) => {
    const { child, close } = await connecting();
    const result = ended(child);
    // Within half a second it would count as the same Ctrl-C, handed on by npm.
    child.stderr.once('data', () => setTimeout(() => child.kill(signal), 700));
    child.kill(signal);
    const { status: actual, stdout, stderr } = await result;
    close();
    expect(stderr).toContain('Stopping.');
    expect({ actual, stdout }).toEqual({ actual: status, stdout: '' });
  });
});

/** A command that waits for a server which takes the connection and then says nothing. */
async function connecting() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: { destroy(): void }[] = [];
  const accepted = new Promise<void>((resolve) =>
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      sockets.push(socket);
      resolve();
    }),
  );
  const child = start(['plan', '--database-url', `postgres://app:hidden-pass-1@127.0.0.1:${port}/db`]);
  const gone = once(child, 'close').then(([status]) => {
    throw new Error(`it ended before it connected, with status ${status}`);
  });
  await Promise.race([accepted, gone]);
  gone.catch(() => undefined);
  return {
    child,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
