import { connect, createServer, type Server } from 'node:net';
import type { Random } from '../../fixtures/random.js';
import { Connection, type Watcher } from './connection.js';

/** A way to the server, on loopback, that counts the statements of a process and can do harm at each of them. */
export class StatementProxy {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #statements = 0;
  readonly url: string;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /**
   * @param pieces sends what the server says on in small pieces of random length
   * @param port where it listens; 0: anywhere
   */
  static async open(target: string, watch: Watcher, pieces?: Random, port = 0): Promise<StatementProxy> {
    const to = new URL(target);
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
    const url = new URL(target);
    url.port = String(address.port);
    url.searchParams.set('sslmode', 'disable'); // the proxy reads what passes
    const proxy = new StatementProxy(server, url.href);
    server.on('connection', (client) => {
      const upstream = connect({ port: Number(to.port), host: to.hostname, noDelay: true });
      const connection = new Connection({
        client,
        server: upstream,
        numbered: () => ++proxy.#statements,
        watch,
        pieces,
      });
      proxy.#connections.add(connection);
    });
    return proxy;
  }

  /** Statements so far. */
  get statements(): number {
    return this.#statements;
  }

  /** The connections that are open. */
  get connections(): Connection[] {
    return [...this.#connections].filter((connection) => connection.open);
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.cut();
  }
}
