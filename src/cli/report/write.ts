import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite } from '../files.js';

/** Writes a page beside its place first: whoever looks at the file sees the old one or the new one, never half of it. */
export async function writePage(file: string, html: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, html);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw cannotWrite(file, error);
  }
}
