import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DrydockError } from '../../errors.js';
import type { MonitorReport } from '../../reports/monitor.js';
import { loadAssets } from './assets.js';
import { isLoopback } from './guard.js';
import { Site } from './site.js';
import type { WebOptions } from './web-options.js';

/** A request that is not whole after so long is ended. */
const SLOWEST_MS = 10_000;
/** Node looks only every half minute by itself. */
const CHECK_EVERY_MS = 1_000;
/** Pages that listen, and a few requests beside them; further connections are closed at once. */
const MOST_CONNECTIONS = 128;

/** The page while it is served. */
export interface Web {
  readonly url: string;
  publish(report: MonitorReport): void;
  close(): Promise<void>;
}

/**
 * Serves the page of the monitor. It only shows: nothing that is asked of it changes anything.
 *
 * @throws DrydockError where others could reach it and no token is set, and where the port is taken
 */
export async function serveMonitor(options: WebOptions): Promise<Web> {
  const { host, port, token } = options;
  if (!isLoopback(host) && token === null) throw tokenMissing(host);
  const site = new Site(await loadAssets(), options);
  const server = createServer(
    { headersTimeout: SLOWEST_MS, requestTimeout: SLOWEST_MS, connectionsCheckingInterval: CHECK_EVERY_MS },
    (request, response) => void site.respond(request, response).catch(() => response.destroy()),
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/`,
    publish: (report) => site.publish(report),
    async close() {
      site.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DrydockError({
      code: 'cannot-listen',
      what: `The page cannot be served at ${host}, port ${port}: ${code === 'EADDRINUSE' ? 'the port is taken' : code}.`,
      state: 'The monitor did not start.',
      next: 'Give another --port; --port 0 takes any that is free.',
      cause: error,
    });
  }
}

function tokenMissing(host: string): DrydockError {
  return new DrydockError({
    code: 'token-missing',
    what: `At ${host} others could reach the page, and no token is set.`,
    state: 'The monitor did not start.',
    next: 'Set DRYDOCK_MONITOR_TOKEN to 16 characters or more, or stay on 127.0.0.1 and come through a tunnel.',
  });
}
