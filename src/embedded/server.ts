import { randomBytes } from 'node:crypto';
import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, locateNative, usableBinaries } from './binaries.js';
import { ServerCleanupError, ServerStartError } from './errors.js';
import { findFreePort } from './free-port.js';
import { launch, succeeded } from './launch.js';
import { logTail } from './log.js';
import type { Reaper } from './reaper.js';
import { makeRunDirectory } from './run-directory.js';
import { findServerUser, type ServerUser } from './server-user.js';

/** What a caller may choose about its server; everything has a default. */
export interface ServerOptions {
  /** A fixed TCP port; by default one that the system says is free. */
  readonly port?: number;
  /** Where the server's directory is made; by default the system's temporary directory. */
  readonly parentDir?: string;
  /** Server settings, as in postgresql.conf. By default PostgreSQL's own: commits are durable. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further arguments of `initdb`; they win over ours. */
  readonly initdbArgs?: readonly string[];
  /** The `native` directory of other binaries than those of the installed package. */
  readonly native?: string;
  /** The arguments of `initdb` for the locale; ours need version 17. */
  readonly localeArgs?: readonly string[];
  /** The cluster is a copy of another one, whose password goes with it, instead of a new one. */
  readonly copyOf?: {
    readonly password: string;
    /** Makes the data directory, as the server's user. */
    copyInto(dataDir: string, user: ServerUser): Promise<void>;
  };
}

/** A running server. It ends with our process at the latest, and its directory with it. */
export interface EmbeddedServer {
  /** `postgresql://user:password@127.0.0.1:port/postgres` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly dataDir: string;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** Stops the server at once (open connections are cut) and removes its directory. May be called again. */
  stop(): Promise<void>;
}

/** The same order and the same case rules on every machine. */
const portableLocale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

const host = '127.0.0.1';
const superuser = 'postgres';
const startTimeoutMs = 60_000;
const portAttempts = 5;

/** All that the steps of a start share. */
interface Site {
  readonly user: ServerUser;
  readonly binaries: Binaries;
  readonly reaper: Reaper;
  readonly directory: string;
  readonly dataDir: string;
  readonly log: string;
  readonly password: string;
}

/**
 * Starts a PostgreSQL 18 of our own, from the binaries of the npm package, with an empty cluster.
 *
 * It listens on 127.0.0.1 only, with a random password. Encoding UTF8, locale C.UTF-8 of the builtin provider.
 * Root runs it as another user, see {@link findServerUser}.
 *
 * @throws {@link ServerStartError} with the end of the server's log, and the other errors of `errors.ts`
 */
export async function startServer(options: ServerOptions = {}): Promise<EmbeddedServer> {
  const native = options.native ?? locateNative();
  const user = await findServerUser();
  const { path: directory, reaper } = await makeRunDirectory(user, options.parentDir);
  const stop = once(async () => {
    if (!(await reaper.reap())) throw new ServerCleanupError(directory);
  });
  try {
    const site: Site = {
      user,
      reaper,
      directory,
      binaries: await usableBinaries(native, join(directory, 'native'), user),
      dataDir: join(directory, 'data'),
      log: join(directory, 'server.log'),
      password: options.copyOf?.password ?? randomBytes(24).toString('base64url'),
    };
    await (options.copyOf?.copyInto(site.dataDir, user) ?? initialize(site, options));
    const { port, pid } = await startOnSomePort(site, options);
    return {
      // It speaks no TLS, whatever PGSSLMODE says.
      url: `postgresql://${superuser}:${site.password}@${host}:${port}/postgres?sslmode=disable`,
      host,
      port,
      user: superuser,
      password: site.password,
      database: 'postgres',
      dataDir: site.dataDir,
      pid,
      stop,
    };
  } catch (error) {
    await stop().catch((second) => {
      throw new AggregateError([error, second], 'The server did not start, and could not be cleaned up.');
    });
    throw error;
  }
}

async function initialize(site: Site, options: ServerOptions): Promise<void> {
  const passwordFile = join(site.directory, 'password');
  await writeFile(passwordFile, site.password, { mode: 0o600 });
  const { uid, gid } = site.user.credentials;
  if (uid !== undefined && gid !== undefined) await chown(passwordFile, uid, gid);

  const initdb = launch(site.binaries.initdb, site, [
    `--pgdata=${site.dataDir}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...(options.localeArgs ?? portableLocale),
    '--no-instructions',
    '--no-sync', // a cluster that a power cut interrupts is never used again; what is written later is synced
    ...(options.initdbArgs ?? []),
  ]);
  // Its helpers are to end with it, so the whole group is watched.
  if (initdb.pid !== undefined) site.reaper.watch(-initdb.pid);
  const reason = await initdb.ended;
  site.reaper.forget();
  if (reason !== succeeded) {
    throw new ServerStartError('initdb', reason, await logTail(site.log));
  }
  await rm(passwordFile);
}

/** A free port can be taken by another process before the server binds it; then the next one is tried. */
async function startOnSomePort(site: Site, options: ServerOptions): Promise<{ port: number; pid: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await findFreePort());
    try {
      return { port, pid: await startOn(site, port, options.settings ?? {}) };
    } catch (error) {
      const lost = error instanceof ServerStartError && error.logTail.includes('could not bind');
      if (!lost || options.port !== undefined || attempt === portAttempts) throw error;
    }
  }
}

async function startOn(
  site: Site,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const effective = {
    timezone: 'UTC', // initdb would take the machine's
    log_timezone: 'UTC',
    ...settings,
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '', // a socket's path may be 107 bytes long, which some temporary directories exceed
  };
  const postmaster = launch(site.binaries.postgres, site, [
    '-D',
    site.dataDir,
    ...Object.entries(effective).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const { pid } = postmaster;
  if (pid === undefined) throw new ServerStartError('postgres', await postmaster.ended, '');
  site.reaper.watch(pid);
  const ended = postmaster.ended.then((reason) => {
    site.reaper.forget();
    return reason;
  });

  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    // Whichever comes first: a stranger who holds our port may accept the connection and never say a word.
    const outcome = await Promise.race([ended, knock(port, site.password)]);
    if (typeof outcome === 'string') throw new ServerStartError('postgres', outcome, await logTail(site.log));
    if (outcome === undefined) {
      postmaster.unref();
      return pid;
    }
    if (Date.now() > deadline) {
      const problem = `took no connection within ${startTimeoutMs / 1000} seconds`;
      throw new ServerStartError('postgres', problem, await logTail(site.log), outcome);
    }
    await Promise.race([ended, sleep(25)]);
  }
}

/** One connection attempt; with the password, so that another server on the port is not taken for ours. */
async function knock(port: number, password: string): Promise<Error | undefined> {
  const client = new pg.Client({
    host,
    port,
    user: superuser,
    password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 2000,
  });
  client.on('error', () => {}); // the server may end while we connect: the attempt fails, and the next one tells
  try {
    await client.connect();
    await client.query('select 1');
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => {}); // of a connection that has failed already
  }
}

function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}
