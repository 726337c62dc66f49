import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { withoutVariables } from '../connection/parameters.js';
import { qualified } from '../db/identifier.js';
import { FILE_MODE } from './table-file.js';

/** What `pg_dump` did; `left` says why there is nothing. */
export type PgDump = { readonly written: true } | { readonly written: false; readonly left: string };

/**
 * Has `pg_dump` write the definitions of the tables, of the very snapshot, where it is installed and not older than
 * the server. For people to read and to use by hand: `restore` does not run it, for it never runs a script.
 */
export async function dumpDefinitions(options: {
  readonly path: string;
  readonly tables: readonly { readonly schema: string; readonly name: string }[];
  /** Null where no other session may take it over. */
  readonly snapshot: string | null;
  /** The variables that name the server of the snapshot: never in arguments, which others can see. */
  readonly connection: Readonly<Record<string, string>>;
  readonly serverNumber: number;
  readonly signal: AbortSignal | undefined;
}): Promise<PgDump> {
  const { path, tables, snapshot, signal } = options;
  if (snapshot === null)
    return { written: false, left: 'the server is a standby, where pg_dump must not take over a snapshot' };
  const env = { ...withoutVariables(process.env), ...options.connection };
  const about = await runPgDump(['--version'], env, 'pipe', signal);
  if (about.status !== 0) return { written: false, left: 'pg_dump is not installed, or cannot be run' };
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(about.out)?.[1] ?? 0);
  if (major < Math.floor(options.serverNumber / 10_000)) {
    return { written: false, left: `pg_dump is of version ${major}, older than the server` };
  }
  const file = await open(path, 'wx', FILE_MODE);
  try {
    const names = tables.map(({ schema, name }) => `--table=${qualified(schema, name)}`);
    const sections = ['--section=pre-data', '--section=post-data', '--no-password', `--snapshot=${snapshot}`];
    const dumped = await runPgDump([...sections, ...names], env, file.fd, signal);
    if (dumped.status !== 0) {
      // What there is of it is no part of the backup.
      await rm(path);
      return { written: false, left: `pg_dump failed: ${dumped.error.split('\n')[0] ?? ''}` };
    }
    const foreign = await serversOwnOption(path);
    if (foreign !== null) {
      await rm(path);
      const version = /\(PostgreSQL\) ([\w.]+)/.exec(about.out)?.[1];
      return {
        written: false,
        left: `pg_dump ${version} is older than the server's release, whatever its number, and writes ${foreign}, which other servers refuse; use the one that came with the server`,
      };
    }
    await file.sync();
    return { written: true };
  } finally {
    await file.close();
  }
}

/**
 * An option of a column that only its server can set, where the script sets one. A `pg_dump` that was released before
 * such an option came writes it down like those that users set: what counts is its date, not its version.
 */
async function serversOwnOption(path: string): Promise<string | null> {
  const input = createReadStream(path);
  try {
    for await (const line of createInterface({ input })) {
      const found = /^ALTER TABLE .* ALTER COLUMN .* SET \(.*?\b(pg_\w+)=/.exec(line)?.[1];
      if (found !== undefined) return found;
    }
    return null;
  } finally {
    input.destroy();
  }
}

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

function runPgDump(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stdout: 'pipe' | number,
  signal: AbortSignal | undefined,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('pg_dump', args, { env, stdio: ['ignore', stdout, 'pipe'], signal });
    const text = { out: '', error: '' };
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text.out += chunk;
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text.error += chunk;
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') reject(error);
      else resolve({ status: null, ...text });
    });
    child.once('close', (status) => resolve({ status, ...text }));
  });
}
