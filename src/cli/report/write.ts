import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../../files/write-whole.js';
import { cannotWrite } from '../files.js';

/** Writes a page: whoever looks at the file sees the old one or the new one, never half of it. */
export async function writePage(file: string, html: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeWhole(file, html, { replace: true });
  } catch (error) {
    throw cannotWrite(file, error);
  }
}
