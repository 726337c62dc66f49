import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type Message, MessageReader } from '../faults/wire.js';

export interface PoolerOptions {
  readonly mode: 'session' | 'transaction';
  /** Which of the free backends a client gets: the one that was given back last, or first. */
  readonly order?: 'last' | 'first';
  /** Backends at most. */
  readonly size?: number;
  /** Backends that are there from the beginning. */
  readonly warm?: number;
  /** The process id that clients are told at the login: none that there is, or that of a backend. */
  readonly key?: 'invented' | 'forwarded';
}

interface Backend {
  readonly stream: Socket;
  readonly pid: number;
  client: Socket | undefined;
}

/**
 * A pooler as small as it can be, for what any pooler may do: backends are real, clients share them. It takes every login.
 *
 * @returns the URL of the same database through it, and the backends' process ids
 */
export async function poolerBefore(
  databaseUrl: string,
  { mode, order = 'last', size = 8, warm = 0, key = 'invented' }: PoolerOptions,
): Promise<{ readonly url: string; readonly pids: () => number[] }> {
  const all: Backend[] = [];
  const free: Backend[] = [];
  const waiting: ((backend: Backend) => void)[] = [];
  const release = (backend: Backend) => {
    backend.client = undefined;
    const next = waiting.shift();
    if (next === undefined) free.push(backend);
    else next(backend);
  };
  const launch = async (): Promise<Backend> => {
    const login = new pg.Client({ connectionString: databaseUrl, application_name: 'a small pooler' });
    login.on('error', () => undefined);
    await login.connect();
    const stream = login.connection.stream as Socket;
    stream.removeAllListeners('data');
    const { processID } = login as unknown as { readonly processID: number };
    const backend: Backend = { stream, pid: processID, client: undefined };
    const reader = new MessageReader('server');
    stream.on('data', (piece: Buffer) => {
      for (const { type, bytes } of reader.read(piece)) {
        backend.client?.write(bytes);
        if (mode === 'transaction' && type === 'Z' && bytes.toString('latin1', 5) === 'I') release(backend);
      }
    });
    all.push(backend);
    return backend;
  };
  const lease = async (): Promise<Backend> => {
    const found = order === 'last' ? free.pop() : free.shift();
    if (found !== undefined) return found;
    if (all.length < size) return launch();
    return new Promise((resolve) => waiting.push(resolve));
  };
  for (let n = 0; n < warm; n += 1) free.push(await launch());
  const clients = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    const reader = new MessageReader('client');
    let mine: Backend | undefined;
    const take = async ({ type, bytes }: Message): Promise<void> => {
      if (type === '')
        return void client.write(greeting(key === 'forwarded' ? (free.at(-1)?.pid ?? 0) : 4_000_000));
      if (type === 'X') return;
      if (mine?.client !== client) mine = await lease();
      mine.client = client;
      mine.stream.write(bytes);
    };
    let queue = Promise.resolve();
    client.on('data', (piece: Buffer) => {
      for (const message of reader.read(piece)) queue = queue.then(() => take(message));
    });
    client.on('close', () => {
      if (mode === 'session' && mine?.client === client) release(mine);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of [...clients, ...all.map(({ stream }) => stream)]) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the pooler listens on no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  url.searchParams.set('sslmode', 'disable');
  return { url: url.href, pids: () => all.map(({ pid }) => pid) };
}

/** AuthenticationOk, BackendKeyData, ReadyForQuery. */
function greeting(pid: number): Buffer {
  const ok = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
  const key = Buffer.from([0x4b, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 1]);
  key.writeInt32BE(pid, 5);
  return Buffer.concat([ok, key, Buffer.from([0x5a, 0, 0, 0, 5, 0x49])]);
}
