import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { badAddress, refusedAddress } from './errors.js';
import { PARAMETERS } from './parameters.js';
import { parseAddress } from './parse.js';
import { defaultPasswordFile, findPassword } from './password-file.js';
import { readService } from './service-file.js';
import type { Given } from './store.js';
import type { Host, SessionAttributes, Target } from './target.js';
import { tlsPolicy } from './tls-policy.js';

type Environment = Readonly<Record<string, string | undefined>>;

const PORT = '5432';
/** Where a package of PostgreSQL has its sockets: Debian's and others; the sources' own. */
const SOCKET_DIRECTORIES = ['/var/run/postgresql', '/tmp'];
/** libpq waits for ever; a run that is started by a timer must not. */
const CONNECT_TIMEOUT_MS = 15_000;
/** The system would first ask after two hours. */
const KEEPALIVE_IDLE_S = 10;

/**
 * Makes one value of an address and the environment, as psql does: what the address says, then its service, then the
 * PG* variables, then the defaults.
 *
 * @throws DrydockError that names what cannot be understood, or what Drydock cannot do
 */
export function resolveTarget(address: string | undefined, env: Environment): Target {
  const given = withEnvironment(address === undefined ? new Map() : parseAddress(address), env);
  const isDefaultHost = !given.get('host') && !given.get('hostaddr');
  requirePossible(given);
  const user = given.get('user') ?? systemUser();
  if (user === '')
    throw badAddress('the name of the user is empty', 'Check the user in the address, or PGUSER.');
  const database = given.get('dbname') || user;
  const tls = tlsPolicy(given);
  const passfile = given.get('passfile') || defaultPasswordFile();
  return {
    hosts: inOrder(hostsOf(given), given),
    isDefaultHost,
    user,
    database,
    applicationName: given.get('application_name') || given.get('fallback_application_name') || undefined,
    options: given.get('options') || undefined,
    connectTimeoutMs: connectTimeout(given.get('connect_timeout')),
    keepAlive:
      given.get('keepalives')?.trim() === '0'
        ? null
        : { idleMs: (Number(given.get('keepalives_idle') ?? 0) || KEEPALIVE_IDLE_S) * 1_000 },
    tls,
    needsChannelBinding: given.get('channel_binding') === 'require',
    sessionAttributes: (given.get('target_session_attrs') || 'any') as SessionAttributes,
    passwordOf(host) {
      const explicit = given.get('password') || undefined;
      if (explicit !== undefined) return { password: explicit, ignored: undefined };
      const isDefaultSocket = SOCKET_DIRECTORIES.some((directory) => host.name === directory);
      const name = host.name === '' ? (host.address ?? '') : isDefaultSocket ? 'localhost' : host.name;
      return findPassword(passfile, [name, String(host.port), database, user]);
    },
    environmentFor: (host) => environmentFor(given, host, { user, database }),
  };
}

/** What the address leaves open is taken from its service, and then from the variables. */
function withEnvironment(given: Given, env: Environment): Given {
  const service = given.get('service') ?? env.PGSERVICE;
  if (service !== undefined) {
    const file = given.get('servicefile') ?? env.PGSERVICEFILE;
    for (const [keyword, value] of readService(service, file, env)) {
      if (!given.has(keyword)) given.set(keyword, value);
    }
  }
  for (const [keyword, { variable }] of PARAMETERS) {
    const value = variable === undefined ? undefined : env[variable];
    if (value !== undefined && !given.has(keyword)) given.set(keyword, value);
  }
  if (!given.has('sslmode') && env.PGREQUIRESSL?.startsWith('1') === true) given.set('sslmode', 'require');
  return given;
}

function requirePossible(given: Given): void {
  for (const [keyword, value] of given) {
    const { variable, refusal } = PARAMETERS.get(keyword) ?? {};
    const why = refusal?.(value);
    if (why === undefined) continue;
    const name = variable === undefined ? keyword : `${keyword} (${variable})`;
    throw refusedAddress(
      'unsupported-parameter',
      `The connection parameter ${name} has a value that Drydock cannot follow: ${why}.`,
      `Change ${name} or leave it out; docs/connections.md has all parameters.`,
    );
  }
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return ''; // a container may run under a number that no list of users knows
  }
}

function hostsOf(given: Given): Host[] {
  const list = (keyword: string) => given.get(keyword)?.split(',') ?? [];
  const addresses = given.get('hostaddr') ? list('hostaddr') : [];
  const names = given.get('host') ? list('host') : [];
  const ports = given.get('port') ? list('port') : [];
  const count = Math.max(addresses.length || names.length, 1);
  if (addresses.length > 0 && names.length > 0 && addresses.length !== names.length) {
    throw badAddress(`it has ${names.length} host names and ${addresses.length} values of hostaddr`);
  }
  if (ports.length > 1 && ports.length !== count) {
    throw badAddress(`it has ${ports.length} port numbers and ${count} hosts`);
  }
  return Array.from({ length: count }, (_, at) => {
    const port = portOf((ports.length > 1 ? ports[at] : ports[0]) || PORT);
    return hostOf(names[at] ?? '', addresses[at] || undefined, port);
  });
}

function hostOf(name: string, address: string | undefined, port: number): Host {
  if (address !== undefined) return { name, address, port, socket: undefined };
  if (name.startsWith('/') || name.startsWith('@')) return onSocket(name, port);
  if (name !== '') return { name, address, port, socket: undefined };
  // psql knows only the directory that its package was built with; we take the one in which a server listens.
  const directory = SOCKET_DIRECTORIES.find((path) => existsSync(socketPath(path, port)));
  return directory === undefined
    ? { name: 'localhost', address, port, socket: undefined }
    : onSocket(directory, port);
}

function onSocket(directory: string, port: number): Host {
  return { name: directory, address: undefined, port, socket: socketPath(directory, port) };
}

function socketPath(directory: string, port: number): string {
  return join(directory, `.s.PGSQL.${port}`);
}

function portOf(text: string): number {
  const port = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw refusedAddress(
    'bad-port',
    'The port of the server is no number from 1 to 65535.',
    'Check the port in the address, or PGPORT.',
  );
}

/** With `load_balance_hosts=random` in an order of chance, which is what was asked for. */
function inOrder(hosts: Host[], given: Given): Host[] {
  if (given.get('load_balance_hosts') !== 'random') return hosts;
  return hosts
    .map((host) => ({ host, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ host }) => host);
}

/** libpq: 0 or less waits for ever, and 1 is too short to mean it. */
function connectTimeout(text: string | undefined): number | null {
  if (text === undefined || text === '') return CONNECT_TIMEOUT_MS;
  const seconds = Number(text);
  return seconds <= 0 ? null : Math.max(seconds, 2) * 1_000;
}

/** Everything that has a variable, the service resolved; what has none (keepalives) makes no other connection. */
function environmentFor(
  given: Given,
  host: Host,
  { user, database }: { readonly user: string; readonly database: string },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [keyword, value] of given) {
    const variable = PARAMETERS.get(keyword)?.variable;
    if (variable !== undefined && keyword !== 'service' && keyword !== 'servicefile') env[variable] = value;
  }
  const address = host.address === undefined ? {} : { PGHOSTADDR: host.address };
  return {
    ...env,
    PGHOST: host.name,
    ...address,
    PGPORT: String(host.port),
    PGUSER: user,
    PGDATABASE: database,
  };
}
