import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a proxy does with the COMMIT of a batch. */
export type Cut = 'before the server sees it' | 'before the client hears of it';

export interface Proxy {
  readonly url: string;
  /** How many connections were cut. */
  readonly cuts: () => number;
}

const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

/**
 * A way to the server that breaks connections at the worst moment: at the COMMIT of a batch, whose answer then never
 * comes. Only those that copied rows into a table of ours; of these one in three, up to `most`.
 */
export async function cuttingProxy(databaseUrl: string, cut: Cut, most: number): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let [commits, cuts] = [0, 0];
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let loads = false;
    let deaf = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        if (!deaf) upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (/copy "[^"]*"\."/.test(chunk.toString('latin1', 0, 200))) loads = true;
      if (loads && chunk.equals(COMMIT)) {
        loads = false;
        if (++commits % 3 === 0 && cuts < most) {
          cuts += 1;
          if (cut === 'before the server sees it') client.destroy();
          else deaf = true;
        }
      }
      if (!client.destroyed) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (deaf) {
        client.destroy();
        upstream.destroy();
      } else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(databaseUrl);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  url.searchParams.set('sslmode', 'disable'); // the proxy reads what passes
  return { url: url.href, cuts: () => cuts };
}
