import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { type EmbeddedServer, type ServerOptions, startServer } from '../../src/embedded/server.js';
import { type ServerUser, tryAs } from '../../src/embedded/server-user.js';

/** A primary server, and a hot standby that streams from it. Both end with {@link Pair.stop}. */
export interface Pair {
  readonly primary: EmbeddedServer;
  readonly standby: EmbeddedServer;
  /** Waits until the standby shows everything that the primary has committed so far. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', wal_keep_size: '256MB' };

/** The binaries and the locale that the matrix asks for; the settings of the tests' own server. */
const { native, localeArgs } = JSON.parse(process.env.DRYDOCK_TEST_SERVER || '{}') as ServerOptions;
const asked = {
  ...(native === undefined ? {} : { native }),
  ...(localeArgs === undefined ? {} : { localeArgs }),
};

/**
 * Starts both, of the version that is tested. npm's binaries have no `pg_basebackup`: the files are copied between
 * the start and the stop of an online backup, which is what it does.
 *
 * @param standbySettings of the standby alone
 */
export async function startPair(standbySettings: Readonly<Record<string, string>> = {}): Promise<Pair> {
  const primary = await startServer({ ...asked, settings });
  try {
    const standby = await startServer({
      ...asked,
      settings: {
        ...settings,
        primary_conninfo: `host=${primary.host} port=${primary.port} user=${primary.user} password=${primary.password}`,
        ...standbySettings,
      },
      copyOf: {
        password: primary.password,
        copyInto: (directory, user) => copyOnline(primary, directory, user),
      },
    });
    return {
      primary,
      standby,
      caughtUp: () => caughtUp(primary.url, standby.url),
      async stop() {
        await standby.stop();
        await primary.stop();
      },
    };
  } catch (error) {
    await primary.stop();
    throw error;
  }
}

async function copyOnline(primary: EmbeddedServer, directory: string, user: ServerUser): Promise<void> {
  await withClient(primary.url, async (client) => {
    const renamed = inject('serverVersion') >= 150_000;
    await client.query(
      renamed ? "select pg_backup_start('standby', true)" : "select pg_start_backup('standby', true, false)",
    );
    await asUser(user, 'cp', '-a', primary.dataDir, directory);
    const { rows } = await client.query<{ label: string }>(
      renamed
        ? 'select labelfile as label from pg_backup_stop(false)'
        : 'select labelfile as label from pg_stop_backup(false, false)',
    );
    const [label] = rows;
    await asUser(
      user,
      '/bin/sh',
      '-c',
      'printf %s "$2" > "$1"',
      'sh',
      join(directory, 'backup_label'),
      label?.label ?? '',
    );
    await asUser(user, 'rm', '-f', join(directory, 'postmaster.pid'), join(directory, 'postmaster.opts'));
    await asUser(user, 'touch', join(directory, 'standby.signal'));
  });
}

async function asUser(user: ServerUser, file: string, ...args: readonly string[]): Promise<void> {
  const { ok, output } = await tryAs(user, file, args);
  if (!ok) throw new Error(`${file} ${args.join(' ')}: ${output}`);
}

async function caughtUp(primary: string, standby: string): Promise<void> {
  const at = await withClient(primary, async (client) => {
    // Commits that are not waited for are not in the log yet: a record that is waited for takes them along.
    await client.query(
      "set synchronous_commit = on; select pg_logical_emit_message(true, 'drydock', 'here')",
    );
    const { rows } = await client.query<{ at: string }>('select pg_current_wal_insert_lsn()::text as at');
    return rows[0]?.at ?? '';
  });
  await withClient(standby, async (client) => {
    for (let waited = 0; ; waited += 20) {
      const { rows } = await client.query<{ there: boolean }>(
        'select pg_last_wal_replay_lsn() >= $1::pg_lsn as there',
        [at],
      );
      if (rows[0]?.there === true) return;
      if (waited > 20_000) throw new Error(`the standby does not reach ${at}`);
      await sleep(20);
    }
  });
}

/** Runs the work with a client of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
