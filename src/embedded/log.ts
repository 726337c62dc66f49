import { open, stat } from 'node:fs/promises';

const tailBytes = 4096;

/** The last 4 kB of a log, from the beginning of a line. */
export async function logTail(path: string): Promise<string> {
  const { size } = await stat(path);
  const start = Math.max(0, size - tailBytes);
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
