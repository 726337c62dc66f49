import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Cleanup } from '../db/cleanup.js';
import { DrydockError } from '../errors.js';
import { syncDirectory } from '../files/write-whole.js';
import { FILE_MODE } from './table-file.js';

/** Row data: nobody but its owner may look in. */
const DIRECTORY_MODE = 0o700;

/** A directory under a name of its own, which gets its final name when it is complete. */
export interface Staging {
  readonly path: string;
  readonly target: string;
  /** What was found of backups that did not come to their end, and what was done with it. */
  readonly notices: readonly string[];
  /** Removes what is in it. */
  empty(): Promise<void>;
  /** Gives it its final name. On the disk when this returns. */
  finish(): Promise<void>;
}

/**
 * Makes a directory beside the one that is to be. It is removed by the clean-up; when the process is killed it stays,
 * under a name that says so, and the next backup to the same place removes it.
 */
export async function stage(directory: string, cleanup: Cleanup): Promise<Staging> {
  const target = resolve(directory);
  await requireFree(target);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true, mode: DIRECTORY_MODE });
  const notices = await removeLeftOvers(parent, basename(target));
  const path = join(
    parent,
    `${unfinishedPrefix(basename(target))}${process.pid}-${randomBytes(3).toString('hex')}`,
  );
  await mkdir(path, { mode: DIRECTORY_MODE });
  let finished = false;
  cleanup.add(async () => {
    if (!finished) await rm(path, { recursive: true, force: true });
  });
  return {
    path,
    target,
    notices,
    async empty() {
      for (const entry of await readdir(path)) await rm(join(path, entry));
    },
    async finish() {
      await syncDirectory(path);
      // Takes the place of an empty directory; of anything else never.
      await rename(path, target).catch((error: unknown) => {
        throw isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR') ? notFree(target) : error;
      });
      finished = true;
      await syncDirectory(parent);
    },
  };
}

/** Writes a small file. On the disk when this returns. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Names hold the host and the process, so that what is still being written is told from what was left. */
function unfinishedPrefix(name: string): string {
  return `${name}.unfinished-${hostname().replace(/[^A-Za-z0-9.]/g, '_')}-`;
}

async function removeLeftOvers(parent: string, name: string): Promise<string[]> {
  const notices: string[] = [];
  const prefix = unfinishedPrefix(name);
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(`${name}.unfinished-`)) continue;
    const pid = /^(\d+)-[0-9a-f]{6}$/.exec(entry.startsWith(prefix) ? entry.slice(prefix.length) : '')?.[1];
    if (pid === undefined || isAlive(Number(pid))) {
      notices.push(
        `${join(parent, entry)} is of another backup, which may be at work still: it was left alone.`,
      );
      continue;
    }
    await rm(join(parent, entry), { recursive: true, force: true });
    notices.push(`${join(parent, entry)} was left by a backup that did not come to its end: it was removed.`);
  }
  return notices;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isErrno(error, 'ESRCH');
  }
}

async function requireFree(target: string): Promise<void> {
  try {
    if ((await readdir(target)).length > 0) throw notFree(target);
  } catch (error) {
    // Where it is the parent that is no directory, looking at it fails too, and says so.
    if (isErrno(error, 'ENOTDIR') && (await lstat(target)).isFile()) throw notFree(target);
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

function notFree(target: string): DrydockError {
  return new DrydockError({
    code: 'not-empty',
    what: `There is something in ${target} already.`,
    state: 'Nothing was written; what is there was not touched.',
    next: 'Give --to a directory that is not there yet.',
  });
}

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
