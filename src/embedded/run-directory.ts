import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunDirectoryUnreachableError } from './errors.js';
import { type Reaper, startReaper } from './reaper.js';
import { type ServerUser, tryAs } from './server-user.js';

/** The private directory (mode 700, the server user's) that holds everything one server has. */
export interface RunDirectory {
  readonly path: string;
  /** Guards the directory from its first moment on. */
  readonly reaper: Reaper;
}

/**
 * Makes a run directory under `parent`. Without `parent` that is the system's temporary directory, or /tmp where
 * the server's user cannot enter that one, as with root's TMPDIR.
 *
 * @throws {@link RunDirectoryUnreachableError} when the server's user can enter none of them
 */
export async function makeRunDirectory(user: ServerUser, parent: string | undefined): Promise<RunDirectory> {
  const parents = parent === undefined ? [...new Set([tmpdir(), '/tmp'])] : [parent];
  for (const candidate of parents) {
    const path = await mkdtemp(join(candidate, 'drydock-pg-'));
    const reaper = await startReaper(path).catch(async (error) => {
      await rm(path, { recursive: true });
      throw error;
    });
    if (await giveTo(user, path)) return { path, reaper };
    await reaper.reap();
  }
  throw new RunDirectoryUnreachableError(parents, user.name);
}

async function giveTo(user: ServerUser, path: string): Promise<boolean> {
  const { uid, gid } = user.credentials;
  await chmod(path, 0o700);
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  return (await tryAs(user, '/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', path])).ok;
}
