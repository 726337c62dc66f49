import { afterAll, onTestFinished, TestRunner } from 'vitest';
import { Cleanup } from '../../src/db/cleanup.js';
import { connector } from '../../src/db/connect.js';
import type { Session } from '../../src/db/session.js';

const cleanups: Cleanup[] = [];

/** Closes, after the last test of a file, what its `beforeAll` opened. For `setup.ts`, which is run for each file. */
export function closeSessionsAfterFile(): void {
  afterAll(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup.unwind();
  });
}

/** A session as the product opens it; closed after the test, or after the file when a `beforeAll` asked for it. */
export async function openSession(url: string): Promise<Session> {
  const cleanup = new Cleanup();
  if (TestRunner.getCurrentTest() === undefined) cleanups.push(cleanup);
  else onTestFinished(() => cleanup.unwind());
  return connector(url).open(cleanup);
}

/** The lines that `COPY (query) TO STDOUT` gives, as latin1 bytes. */
export async function copyOutLines(session: Session, query: string): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of session.copyOut(`copy (${query}) to stdout`)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1').split('\n').slice(0, -1);
}

/** Copies lines (latin1 bytes) into a table, or into some columns of it: `table (a, b)`. */
export async function copyInLines(session: Session, into: string, lines: readonly string[]): Promise<number> {
  if (lines.length === 0) return 0;
  return session.copyIn(`copy ${into} from stdin`, [Buffer.from(`${lines.join('\n')}\n`, 'latin1')]);
}
