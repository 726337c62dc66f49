import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Cleanup } from '../db/cleanup.js';
import { ident } from '../db/identifier.js';
import { startServer } from '../embedded/server.js';
import { DrydockError } from '../errors.js';

/** Where things are tried: databases of a server that may be thrown away. */
export interface Scratch {
  /** For a report. */
  readonly name: string;
  /** Address of the database that the others are copies of. */
  readonly base: string;
  /** Makes a copy of the base, to which nobody may be connected then. @returns its address */
  copy(): Promise<string>;
  drop(url: string): Promise<void>;
}

/** Nothing of it has to outlive a crash. */
const CARELESS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } as const;

/**
 * A server of our own, or databases of the one that is named. What was made is dropped by `cleanup`.
 *
 * @throws DrydockError
 */
export async function openScratch(url: string | undefined, cleanup: Cleanup): Promise<Scratch> {
  let home = url;
  if (home === undefined) {
    const server = await startServer({ settings: CARELESS });
    cleanup.add(() => server.stop());
    home = server.url;
  }
  const address = home;
  const prefix = `drydock_check_${randomBytes(4).toString('hex')}`;
  const made = new Set<string>();
  const urlOf = (name: string) => {
    const whole = new URL(address);
    whole.pathname = `/${name}`;
    return whole.href;
  };
  let count = 0;
  const create = async (template: string): Promise<string> => {
    const name = `${prefix}_${count++}`;
    await administer(address, `create database ${ident(name)} template ${ident(template)}`);
    made.add(name);
    return urlOf(name);
  };
  const drop = async (name: string): Promise<void> => {
    await administer(address, `drop database if exists ${ident(name)} with (force)`);
    made.delete(name);
  };
  cleanup.add(async () => {
    if (url !== undefined) for (const name of [...made].reverse()) await drop(name);
  });
  const base = await create('template0');
  const baseName = new URL(base).pathname.slice(1);
  return {
    name: url === undefined ? 'a server of our own' : new URL(url).host,
    base,
    copy: () => create(baseName),
    drop: (of) => drop(new URL(of).pathname.slice(1)),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  try {
    await withClient(url, (client) => client.query(statement));
  } catch (cause) {
    throw new DrydockError({
      code: 'no-scratch',
      what: `On the server for trials, \`${statement}\` failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
      state: 'Nothing was tried, and nothing was written to your database: it is only read.',
      next: 'Name a server with --scratch-url whose user may create databases, or leave it out.',
      cause,
    });
  }
}

/** A connection as an application has one: with the settings of the server, not with ours. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'drydock check' });
  // The statement under way fails with it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
