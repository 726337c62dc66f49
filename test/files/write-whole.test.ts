import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWhole } from '../../src/files/write-whole.js';
import { workDirectory } from '../backup/place.js';

let directory: string;
beforeEach(() => {
  directory = workDirectory();
});

/** The size that a file of this process may have, as a full disk for it. */
const limitFiles = (bytes: string) =>
  spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]).status === 0;
const canLimit = limitFiles('unlimited');
afterEach(() => {
  if (canLimit) limitFiles('unlimited');
});

test.skipIf(!canLimit)('leaves nothing of a file that finds no room, and the old one as it was', async () => {
  const file = join(directory, 'page.html');
  writeFileSync(file, 'old');
  limitFiles('4096');
  await expect(writeWhole(file, 'x'.repeat(10_000), { replace: true })).rejects.toMatchObject({
    code: 'EFBIG',
  });
  expect(readdirSync(directory)).toEqual(['page.html']);
  expect(readFileSync(file, 'utf8')).toBe('old');
});

test('replaces a file only where it may', async () => {
  const file = join(directory, 'bench.json');
  await writeWhole(file, 'one', { replace: false });
  await expect(writeWhole(file, 'two', { replace: false })).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(file, 'utf8')).toBe('one');
  await writeWhole(file, 'three', { replace: true, mode: 0o600 });
  expect(readFileSync(file, 'utf8')).toBe('three');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['bench.json']);
});

test('writes through a link, and to what is no file', async () => {
  writeFileSync(join(directory, 'real'), 'old');
  symlinkSync('real', join(directory, 'link'));
  await writeWhole(join(directory, 'link'), 'new', { replace: true });
  expect(lstatSync(join(directory, 'link')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(directory, 'real'), 'utf8')).toBe('new');
  // Never a device of the machine: where this is wrong, it would be replaced.
  const pipe = join(directory, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  const read = readFile(pipe, 'utf8');
  await writeWhole(pipe, 'through', { replace: true });
  expect(await read).toBe('through');
  expect(statSync(pipe).isFIFO()).toBe(true);
});

test('does not take the place of a directory', async () => {
  mkdirSync(join(directory, 'there'));
  await expect(writeWhole(join(directory, 'there'), 'x', { replace: true })).rejects.toMatchObject({
    code: 'EISDIR',
  });
  expect(readdirSync(directory)).toEqual(['there']);
});
