import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateNative, usableBinaries } from '../../src/embedded/binaries.js';
import { BinariesUnusableError } from '../../src/embedded/errors.js';
import { findServerUser, tryAs } from '../../src/embedded/server-user.js';

let directory: string;
let native: string;
let copy: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'drydock-test-'));
  await chmod(directory, 0o755);
  native = join(directory, 'native');
  copy = join(directory, 'copy');
});
afterEach(() => rm(directory, { recursive: true }));

test('binaries are used where they are; with library links that npm did not make, in a copy that has them', async () => {
  await cp(locateNative(), native, { recursive: true, verbatimSymlinks: true });
  const user = await findServerUser();
  const inPlace = await usableBinaries(native, copy, user);
  expect(inPlace.postgres).toBe(join(native, 'bin', 'postgres'));
  expect(await readdir(directory)).toEqual(['native']);

  const links = await removeLinks(join(native, 'lib'));
  const copied = await usableBinaries(native, copy, user);
  expect(copied.postgres).toBe(join(copy, 'bin', 'postgres'));
  expect(await readdir(join(copy, 'lib'))).toEqual(expect.arrayContaining(links));
  expect((await tryAs(user, copied.postgres, ['--version'])).output).toContain('PostgreSQL');
});

test('binaries that do not run anywhere are an error with their words', async () => {
  await mkdir(join(native, 'bin'), { recursive: true });
  const script = '#!/bin/sh\necho "wrong libc" >&2\nexit 1\n';
  await writeFile(join(native, 'bin', 'postgres'), script, { mode: 0o755 });
  const attempt = usableBinaries(native, copy, await findServerUser());
  await expect(attempt).rejects.toBeInstanceOf(BinariesUnusableError);
  await expect(attempt).rejects.toMatchObject({ directory: native, output: 'wrong libc\n' });
});

async function removeLinks(directory: string): Promise<string[]> {
  const links: string[] = [];
  for (const name of await readdir(directory)) {
    if (!(await lstat(join(directory, name))).isSymbolicLink()) continue;
    await unlink(join(directory, name));
    links.push(name);
  }
  return links;
}
