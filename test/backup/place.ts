import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory of the test's own; `join` it with the name of a backup. */
export function workDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-backup-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
