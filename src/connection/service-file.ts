import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { refusedAddress } from './errors.js';
import type { Given } from './store.js';
import { storeIn } from './store.js';

/** Where packages of PostgreSQL look for the file of the whole system. */
const SYSTEM_DIRECTORIES = [
  '/etc/postgresql-common',
  '/usr/local/etc/postgresql',
  '/usr/local/pgsql/etc',
  '/etc',
];

/**
 * The parameters of a service, as libpq finds them: in PGSERVICEFILE or ~/.pg_service.conf, then in the file of the
 * system.
 *
 * @throws DrydockError when there is no such service, or the file cannot be read
 */
export function readService(
  service: string,
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Given {
  const own = join(homedir(), '.pg_service.conf');
  const system = (env.PGSYSCONFDIR === undefined ? SYSTEM_DIRECTORIES : [env.PGSYSCONFDIR]).map((directory) =>
    join(directory, 'pg_service.conf'),
  );
  const files = [...(file === undefined ? [own] : [file]), ...system].filter(
    (path) => path === file || existsSync(path),
  );
  for (const path of files) {
    const found = sectionOf(read(path), service, path);
    if (found !== undefined) return found;
  }
  throw badService(
    `The service "${service}" is not defined${files.length === 0 ? ': there is no service file' : ` in ${files.join(' or ')}`}.`,
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw badService(
      `The service file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`,
    );
  }
}

/** The first section of that name; undefined when there is none. */
function sectionOf(text: string, service: string, path: string): Given | undefined {
  let given: Given | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (given !== undefined) return given;
      if (line.startsWith(`[${service}]`)) given = new Map();
    } else if (given !== undefined) addLine(given, line, `line ${index + 1} of ${path}`);
  }
  return given;
}

function addLine(given: Given, line: string, where: string): void {
  if (line.startsWith('ldap'))
    throw badService(`${where} asks for a service in LDAP, which is not implemented.`);
  const equals = line.indexOf('=');
  if (equals < 0) throw badService(`${where} has no "=".`);
  const keyword = line.slice(0, equals);
  if (keyword === 'service' || keyword === 'servicefile') throw badService(`${where} names another service.`);
  // The first of two lines counts.
  if (!given.has(keyword)) storeIn(given, where)(keyword, line.slice(equals + 1));
}

function badService(what: string) {
  return refusedAddress(
    'bad-service',
    what,
    'Check PGSERVICE, PGSERVICEFILE or service= in the address; a file has lines such as host=... below [name].',
  );
}
