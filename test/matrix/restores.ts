import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { generateLegacyData } from '../../fixtures/generate.js';
import { mixtureOf } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { type EmbeddedServer, startServer } from '../../src/embedded/server.js';
import { backup, DrydockError, restore, rollbackFully, run } from '../../src/index.js';
import type { Postgres } from './postgres.js';
import { serverOptions } from './variants.js';

/** A backup of one server, restored on another one. */
export interface Restored {
  readonly from: string;
  readonly to: string;
  /** Null: every row and every definition is as it was. */
  readonly problem: string | null;
}

/**
 * Loads a legacy database on every server, backs it up, and restores that on every server that takes it: of the same major
 * version, whichever minor is older, and of newer ones. On its own server it goes all of the way back with it, too.
 */
export async function restoreEverywhere(servers: readonly Postgres[]): Promise<Restored[]> {
  const work = await mkdtemp(join(tmpdir(), 'drydock-restores-'));
  const running: { readonly about: Postgres; readonly server: EmbeddedServer }[] = [];
  const found: Restored[] = [];
  try {
    for (const about of servers) {
      const options = serverOptions({ major: about.major, settings: 'plain' });
      running.push({ about, server: await startServer({ ...options, native: about.native }) });
    }
    for (const [at, { about, server }] of running.entries()) {
      const directory = join(work, String(at));
      await backUp(server.url, directory);
      const from = about.version;
      const back = await problemOf(() => rollbackFully({ databaseUrl: server.url, from: directory }));
      found.push({ from, to: `${from}, by a full rollback`, problem: back });
      for (const other of running) {
        if (other.about.major < about.major) continue;
        const name = `restored_${at}`;
        await query(other.server.url, `create database ${name}`);
        const url = new URL(other.server.url);
        url.pathname = `/${name}`;
        const problem = await problemOf(() =>
          restore({ databaseUrl: url.href, from: directory, verify: true }),
        );
        found.push({ from, to: other.about.version, problem });
      }
    }
    return found;
  } finally {
    for (const { server } of running) await server.stop();
    await rm(work, { recursive: true, force: true });
  }
}

/** What a restore did not make as it was; what it refuses. */
async function problemOf(
  work: () => Promise<{ readonly differences: readonly string[]; readonly warnings: readonly string[] }>,
): Promise<string | null> {
  try {
    const { differences, ...report } = await work();
    // Two tables that submissions name are in no backup, and not on the other server.
    const warnings = report.warnings.filter((warning) => !warning.endsWith('that table is not there.'));
    return differences.length + warnings.length === 0
      ? null
      : [...differences, ...warnings].slice(0, 3).join('; ');
  } catch (error) {
    if (error instanceof DrydockError) return error.message;
    throw error;
  }
}

async function backUp(databaseUrl: string, to: string): Promise<void> {
  const mixture = mixtureOf({});
  await withClient(databaseUrl, (client) => createLegacySchema(client, mixture, { extras: true }));
  await generateLegacyData(() => connected(databaseUrl), { mixture, submissions: 60, extras: true });
  await query(databaseUrl, 'alter table opportunities alter column status set (n_distinct = 100)');
  await run({ databaseUrl });
  await backup({ databaseUrl, to });
}

async function query(databaseUrl: string, text: string): Promise<void> {
  await withClient(databaseUrl, (client) => client.query(text));
}

async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connected(databaseUrl);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function connected(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return client;
}
