import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Host } from './target.js';
import type { Attempt, TlsPolicy } from './tls-policy.js';

/** A connection to a server before the login, encrypted or not. */
export type Wire = Socket | TLSSocket;

/** The server answered that it does not encrypt. */
export class NoTlsError extends Error {
  constructor() {
    super('the server does not encrypt connections');
  }
}

/** The encryption could not be agreed on, or the certificate of the server is not what was asked for. */
export class TlsError extends Error {}

/** Asks a server whether it encrypts (https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-SSL). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** The driver's host gives each of a name's addresses a quarter of a second, which a distant server does not keep. */
const ADDRESS_WITHIN_MS = 3_000;

/**
 * Connects to a server, and encrypts the connection when that is the attempt. When `mayBePlain`, a server that does not
 * encrypt is spoken to over the same connection without. The driver can do neither this nor `hostaddr`.
 *
 * @param signal ends the attempt
 */
export async function dial(
  host: Host,
  attempt: Attempt,
  policy: TlsPolicy,
  options: {
    readonly mayBePlain: boolean;
    readonly keepAlive: { readonly idleMs: number } | null;
    readonly signal: AbortSignal;
  },
): Promise<Wire> {
  const socket =
    host.socket === undefined
      ? connect({
          host: host.address ?? host.name,
          port: host.port,
          autoSelectFamilyAttemptTimeout: ADDRESS_WITHIN_MS,
        })
      : connect({ path: host.socket.startsWith('@') ? `\0${host.socket.slice(1)}` : host.socket });
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  const { signal, keepAlive } = options;
  if (keepAlive !== null) socket.setKeepAlive(true, keepAlive.idleMs);
  try {
    await once(socket, 'connect', { signal });
    // Nobody listens on the way of a Unix socket.
    if (attempt === 'plain' || host.socket !== undefined) return socket;
    if (!policy.direct && !(await takesTls(socket, signal))) {
      if (options.mayBePlain) return socket;
      throw new NoTlsError();
    }
    return await encrypted(socket, host, policy, signal);
  } catch (error) {
    socket.destroy();
    throw signal.aborted === true ? (signal.reason as unknown) : error;
  }
}

async function takesTls(socket: Socket, signal: AbortSignal): Promise<boolean> {
  const ended = new AbortController();
  const closed = once(socket, 'close', { signal: ended.signal }).then(() => {
    throw Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' });
  });
  closed.catch(() => undefined);
  socket.write(SSL_REQUEST);
  try {
    const answered = once(socket, 'data', { signal }) as Promise<[Buffer]>;
    const [answer] = await Promise.race([answered, closed]);
    // More than one byte was sent by somebody who wants it taken for a part of the encrypted connection.
    if (answer.length === 1 && answer[0] === 0x53) return true;
    if (answer.length === 1 && answer[0] === 0x4e) return false;
    throw new TlsError('the server gave no answer to the request for encryption that the protocol knows');
  } finally {
    ended.abort();
  }
}

async function encrypted(
  socket: Socket,
  host: Host,
  policy: TlsPolicy,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const name = host.name === '' ? (host.address ?? '') : host.name;
  const options: ConnectionOptions = {
    ...policy.options,
    socket,
    host: name,
    ...(policy.sendsName && isIP(name) === 0 ? { servername: name } : {}),
    ...(policy.checksName
      ? { checkServerIdentity: (_: string, certificate) => checkServerIdentity(name, certificate) }
      : {}),
    ...(policy.direct ? { ALPNProtocols: ['postgresql'] } : {}),
  };
  let stream: TLSSocket | undefined;
  try {
    stream = connectTls(options);
    stream.on('error', () => undefined);
    await once(stream, 'secureConnect', { signal });
    if (policy.direct && stream.alpnProtocol !== 'postgresql')
      throw new Error('the server speaks another protocol');
    return stream;
  } catch (error) {
    stream?.destroy();
    if (signal.aborted === true) throw error;
    throw new TlsError((error as Error).message, { cause: error });
  }
}
