import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import { refusedAddress } from './errors.js';
import type { Given } from './store.js';

/** Whether an encrypted or a plain connection is tried first, and whether the other one is tried at all. */
export type Attempt = 'tls' | 'plain';

export interface TlsPolicy {
  readonly mode: string;
  /** In the order of trial. */
  readonly attempts: readonly Attempt[];
  /** TLS begins at once, and is not asked for first. */
  readonly direct: boolean;
  /** The name of the server is compared with its certificate. */
  readonly checksName: boolean;
  /** Certificates, keys and what is checked of the server's; without its name. */
  readonly options: ConnectionOptions;
  readonly sendsName: boolean;
}

const ATTEMPTS: Readonly<Record<string, readonly Attempt[]>> = {
  disable: ['plain'],
  allow: ['plain', 'tls'],
  prefer: ['tls', 'plain'],
};

/**
 * What `sslmode` and its companions mean, as libpq means it: a certificate is checked whenever there is a root
 * certificate to check it with, its name only by `verify-full`.
 *
 * @throws DrydockError when a file is missing or modes contradict each other
 */
export function tlsPolicy(given: Given): TlsPolicy {
  const fromSystem = given.get('sslrootcert') === 'system';
  const mode = given.get('sslmode') || (fromSystem ? 'verify-full' : 'prefer');
  const direct = given.get('sslnegotiation') === 'direct';
  const attempts = ATTEMPTS[mode] ?? ['tls'];
  if (fromSystem && mode !== 'verify-full') throw weak(mode, 'sslrootcert=system', 'verify-full');
  if (direct && attempts.includes('plain')) throw weak(mode, 'sslnegotiation=direct', 'require or stronger');
  const root = attempts.includes('tls') && !fromSystem ? rootCertificate(given, mode) : undefined;
  const checked = root !== undefined || fromSystem;
  return {
    mode,
    attempts,
    direct,
    checksName: mode === 'verify-full',
    sendsName: given.get('sslsni') !== '0',
    options: attempts.includes('tls')
      ? {
          rejectUnauthorized: checked,
          ...(root === undefined ? {} : { ca: root }),
          ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
          ...clientCertificate(given),
          ...optional('crl', contentOf(given, 'sslcrl', checked ? 'root.crl' : undefined)),
          ...optional('minVersion', (given.get('ssl_min_protocol_version') || 'TLSv1.2') as SecureVersion),
          ...optional(
            'maxVersion',
            (given.get('ssl_max_protocol_version') || undefined) as SecureVersion | undefined,
          ),
        }
      : {},
  };
}

function optional<T>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}

function own(name: string): string {
  return process.platform === 'win32'
    ? join(process.env.APPDATA ?? '', 'postgresql', name)
    : join(homedir(), '.postgresql', name);
}

function rootCertificate(given: Given, mode: string): Buffer | undefined {
  const file = given.get('sslrootcert') || own('root.crt');
  if (existsSync(file)) return read(file, 'sslrootcert');
  if (!mode.startsWith('verify-')) return undefined;
  throw badTls(
    `The root certificate file ${file} does not exist, and sslmode=${mode} checks the certificate of the server with it.`,
    'Provide the file, name another one with sslrootcert, or use sslrootcert=system for the authorities that this machine trusts.',
  );
}

function clientCertificate(given: Given): ConnectionOptions {
  if (given.get('sslcertmode') === 'disable') return {};
  const cert = contentOf(given, 'sslcert', 'postgresql.crt');
  if (cert === undefined) return {};
  const file = given.get('sslkey') || own('postgresql.key');
  if (!existsSync(file)) {
    throw badTls(
      `There is a client certificate, and its private key ${file} does not exist.`,
      'Name the key with sslkey.',
    );
  }
  const { mode, uid } = statSync(file);
  const forbidden = uid === 0 ? 0o037 : 0o077;
  if (process.platform !== 'win32' && (mode & forbidden) !== 0) {
    throw badTls(`Others have access to the private key ${file}.`, `chmod 600 ${file}`);
  }
  return {
    cert,
    key: read(file, 'sslkey'),
    ...optional('passphrase', given.get('sslpassword') || undefined),
  };
}

/** A file that may be missing, as libpq lets it be. */
function contentOf(given: Given, keyword: string, otherwise: string | undefined): Buffer | undefined {
  const file = given.get(keyword) || (otherwise === undefined ? undefined : own(otherwise));
  return file !== undefined && existsSync(file) ? read(file, keyword) : undefined;
}

function read(file: string, keyword: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badTls(`The file ${file} cannot be read (${code ?? 'error'}).`, `Check ${keyword}.`);
  }
}

function weak(mode: string, beside: string, next: string) {
  return badTls(`sslmode=${mode} is too weak beside ${beside}.`, `Use sslmode=${next}.`);
}

function badTls(what: string, next: string) {
  return refusedAddress('bad-tls', what, next);
}
