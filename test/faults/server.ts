import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedServer, startServer } from '../../src/embedded/server.js';

/** Few connections, so that they can all be taken. What a crash of the server needs is on; of the machine, off. */
const SETTINGS = { fsync: 'off', max_connections: '40', log_min_messages: 'fatal' } as const;

/** It listens on loopback and holds nothing; to work out passwords would take a tenth of every run. */
const INITDB = ['--auth=trust'] as const;

const MEMORY = '/dev/shm';
const ROOM = 2 * 2 ** 30;
const READY_WITHIN_MS = 30_000;

/** A PostgreSQL of our own to be harmed: its backends can be killed, and it can be restarted at once. */
export class FaultServer {
  readonly #embedded: EmbeddedServer;
  #restarted: ChildProcess | undefined;

  private constructor(embedded: EmbeddedServer) {
    this.#embedded = embedded;
  }

  static async start(): Promise<FaultServer> {
    const memory = existsSync(MEMORY) && (await statfs(MEMORY)).bavail * (await statfs(MEMORY)).bsize >= ROOM;
    return new FaultServer(
      await startServer({ settings: SETTINGS, initdbArgs: INITDB, ...(memory ? { parentDir: MEMORY } : {}) }),
    );
  }

  urlOf(database: string): string {
    const url = new URL(this.#embedded.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** Who runs the server: files that it is to write must be that user's. */
  async owner(): Promise<{ readonly uid: number; readonly gid: number }> {
    const { uid, gid } = await stat(this.#embedded.dataDir);
    return { uid, gid };
  }

  /** Works on a connection of the harness, which is closed afterwards. */
  async with<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.connect(database);
    try {
      return await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** A connection that the caller closes. */
  async connect(database: string): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.urlOf(database),
      application_name: 'fault harness',
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Stops the server as a power cut does, and starts it again on the same data and port. */
  async restart(): Promise<void> {
    const { dataDir } = this.#embedded;
    const [command = '', ...args] = [
      ...(await readFile(join(dataDir, 'postmaster.opts'), 'utf8')).matchAll(/"([^"]*)"|(\S+)/g),
    ].map(([, quoted, bare]) => quoted ?? bare ?? '');
    const { uid, gid } = await this.owner();
    await this.#halt();
    this.#restarted = spawn(command, args, {
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: 'ignore',
    });
    this.#restarted.unref();
    await this.ready();
  }

  /** Waits until the server takes connections, after a crash of it. */
  async ready(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const problem = await this.with('postgres', (client) => client.query('select 1')).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (problem === undefined) return;
      if (Date.now() > deadline) throw problem;
      await sleep(25);
    }
  }

  async stop(): Promise<void> {
    if (this.#restarted !== undefined) await this.#halt();
    await this.#embedded.stop();
  }

  async #halt(): Promise<void> {
    const child = this.#restarted;
    if (child !== undefined) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.ref();
      child.kill('SIGQUIT');
      await ended;
      return;
    }
    process.kill(this.#embedded.pid, 'SIGQUIT');
    // Our own child: Node collects it, so its id goes when it has ended.
    while (isAlive(this.#embedded.pid)) await sleep(5);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
