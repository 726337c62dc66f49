import { link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all: a reader, a full disk or a kill never leaves half of it. On the disk when this
 * returns. What is no file, such as a pipe or `/dev/stdout`, is written to; a link stays a link.
 *
 * @param options.replace whether it may take the place of another file; otherwise that is EEXIST
 */
export async function writeWhole(
  path: string,
  text: string,
  options: { readonly replace: boolean; readonly mode?: number },
): Promise<void> {
  const target = await targetOf(path);
  if (target === null) return appendTo(path, text);
  const unfinished = `${target}.${process.pid}.tmp`;
  try {
    await writeSynced(unfinished, text, options.mode ?? 0o666);
    if (options.replace) await rename(unfinished, target);
    else await link(unfinished, target);
  } finally {
    // After a rename it is not there any more.
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
  await syncDirectory(dirname(target));
}

/** Where the file is or will be, behind links; null where there is something that is no file. */
async function targetOf(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() || found.isDirectory() ? await realpath(path) : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
  }
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'w', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function appendTo(path: string, text: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** Has a directory's names on the disk. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
