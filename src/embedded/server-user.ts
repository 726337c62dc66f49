import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { ServerUserMissingError } from './errors.js';

const execute = promisify(execFile);

/** Who runs the server: what `spawn` needs to become that user, empty for ourselves. */
export interface ServerUser {
  readonly name: string;
  readonly credentials: { readonly uid?: number; readonly gid?: number };
}

const candidates = ['postgres', 'nobody'] as const;

/**
 * PostgreSQL refuses to run as root, so root borrows an existing user. None is ever created.
 * `id` is asked rather than /etc/passwd read: users may come from a directory service.
 */
export async function findServerUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return { name: userInfo().username, credentials: {} };
  for (const name of candidates) {
    const uid = await idOf(name, '-u');
    const gid = await idOf(name, '-g');
    if (uid && gid) return { name, credentials: { uid, gid } };
  }
  throw new ServerUserMissingError(candidates);
}

async function idOf(name: string, option: '-u' | '-g'): Promise<number | undefined> {
  try {
    return Number((await execute('id', [option, name])).stdout);
  } catch (error) {
    // `id` ran and said no such user; that `id` itself is missing is another matter, and an error.
    if (typeof (error as { code?: unknown }).code === 'number') return undefined;
    throw error;
  }
}

/** Nothing else of our environment: a PGPORT or PGDATA of the user's would redirect the server. */
export const serverEnvironment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
} as const;

/** How a command ended. */
export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a short command as the server's user. That it fails, or cannot be reached at all, is an answer here. */
export async function tryAs(user: ServerUser, file: string, args: readonly string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await execute(file, args, {
      ...user.credentials,
      cwd: '/',
      env: serverEnvironment,
    });
    return { ok: true, output: stdout + stderr };
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    return { ok: false, output: stderr || message };
  }
}
