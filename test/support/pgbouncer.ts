import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, TestRunner } from 'vitest';
import { findFreePort } from '../../src/embedded/free-port.js';
import { findServerUser } from '../../src/embedded/server-user.js';

export type PoolMode = 'session' | 'transaction' | 'statement';

/** PgBouncer (https://www.pgbouncer.org) is a package of Debian and others; no package of npm has it. */
const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0;

/** Skips the test, in a plain sentence, where PgBouncer is not installed. */
export function needsPgbouncer(): void {
  TestRunner.getCurrentTest()?.context.skip(!isInstalled, 'pgbouncer is not installed');
}

/**
 * Starts a PgBouncer before the database; it ends with the test.
 *
 * @param settings - of its section `pgbouncer`
 * @returns the URL of the same database through it
 */
export async function pgbouncer(
  databaseUrl: string,
  mode: PoolMode,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<string> {
  const to = new URL(databaseUrl);
  const port = await findFreePort();
  const directory = await mkdtemp(join(tmpdir(), 'drydock-pgbouncer-'));
  const server = `host=${to.hostname} port=${to.port} user=${to.username} password=${decodeURIComponent(to.password)}`;
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: mode,
    default_pool_size: 20,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const file = join(directory, 'pgbouncer.ini');
  await writeFile(file, ['[databases]', `* = ${server}`, '[pgbouncer]', ...lines, ''].join('\n'), {
    mode: 0o600,
  });
  // Like the server, it refuses to run as root.
  const { name } = await findServerUser();
  const child = spawn('pgbouncer', ['-q', ...(process.getuid?.() === 0 ? ['-u', name] : []), file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    const ended = once(child, 'close');
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    await rm(directory, { recursive: true });
  });
  await listening(child, port);
  to.hostname = '127.0.0.1';
  to.port = String(port);
  return to.href;
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said}`);
    const socket = connect(port, '127.0.0.1');
    const isUp = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isUp) return;
    await sleep(25);
  }
  throw new Error(`pgbouncer took no connection: ${said}`);
}
