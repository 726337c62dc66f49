import type { TlsPolicy } from './tls-policy.js';

/** One server of an address. */
export interface Host {
  /** Its name, as certificates and password files know it; empty when only an IP address is given. */
  readonly name: string;
  /** The IP address to connect to, in place of looking the name up. */
  readonly address: string | undefined;
  readonly port: number;
  /** The path of its Unix socket. */
  readonly socket: string | undefined;
}

const SESSION_ATTRIBUTES = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;
export type SessionAttributes = (typeof SESSION_ATTRIBUTES)[number];

/** Everything about how to reach a database, resolved once. */
export interface Target {
  /** In the order in which they are tried. */
  readonly hosts: readonly Host[];
  /** Nothing named a server: neither the address nor a variable nor a service. */
  readonly isDefaultHost: boolean;
  readonly user: string;
  readonly database: string;
  readonly applicationName: string | undefined;
  /** Settings for the server, as in `-c name=value`. */
  readonly options: string | undefined;
  /** Null: no limit. Of each server. */
  readonly connectTimeoutMs: number | null;
  readonly keepAlive: { readonly idleMs: number } | null;
  readonly tls: TlsPolicy;
  readonly needsChannelBinding: boolean;
  readonly sessionAttributes: SessionAttributes;
  /** The password for a server; where there is none, why its file was not read. */
  passwordOf(host: Host): { readonly password: string | undefined; readonly ignored: string | undefined };
  /** The variables that give a program of libpq the same connection to one server. */
  environmentFor(host: Host): Readonly<Record<string, string>>;
}

/** A server as a sentence names it. */
export function describeHost(host: Host): string {
  if (host.socket !== undefined) return `the socket ${host.socket}`;
  const name = host.name === '' ? (host.address ?? '') : host.name;
  return `${name.includes(':') ? `[${name}]` : name}:${host.port}`;
}
