import { connect, createServer, type Socket } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { SHAPE_A } from '../../fixtures/mixture.js';
import * as drydock from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { poolerBefore } from '../support/pooler.js';
import { prepared } from '../support/prepared.js';

/** A way to the server for one connection at a time, as PGlite's socket server is: the next one is closed at once. */
async function oneAtATime(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl);
  const to = { port: Number(url.port), host: url.hostname };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    client.on('error', () => undefined);
    if (sockets.size > 0) return void client.destroy();
    sockets.add(client);
    const upstream = connect(to);
    upstream.on('error', () => undefined);
    client.pipe(upstream).pipe(client);
    client.on('close', () => {
      sockets.delete(client);
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  url.port = String(address.port);
  url.searchParams.set('sslmode', 'disable');
  return url.href;
}

let loaded: TestDatabase;
beforeAll(async () => {
  loaded = await prepared({ mixture: SHAPE_A, submissions: 30, run: {} });
});

/** The verbs that need more than one session. */
const VERBS: Readonly<Record<string, (databaseUrl: string) => Promise<unknown>>> = {
  run: (databaseUrl) => drydock.run({ databaseUrl }),
  sync: (databaseUrl) => drydock.sync({ databaseUrl }),
  verify: (databaseUrl) => drydock.verify({ databaseUrl }),
  cutover: (databaseUrl) => drydock.cutover({ databaseUrl, phases: ['opportunities'], noBackup: true }),
  rollback: (databaseUrl) => drydock.rollback({ databaseUrl, phases: ['opportunities'] }),
};

test('a server with one session: plan lists it among the stops, the others say so at once', async () => {
  const url = await oneAtATime(loaded.url);
  expect(await drydock.plan({ databaseUrl: url })).toMatchObject({
    stops: [{ code: 'single-session', message: expect.stringContaining('gets no further one') }],
  });
  for (const [name, verb] of Object.entries(VERBS)) {
    await expect(verb(url), name).rejects.toMatchObject({ code: 'single-session' });
  }
  expect(await drydock.status({ databaseUrl: url })).toMatchObject({ database: loaded.name });
});

test('a server that lets several connections share its one session', async () => {
  const { url } = await poolerBefore(loaded.url, { mode: 'transaction', size: 1, warm: 1, key: 'forwarded' });
  expect(await drydock.plan({ databaseUrl: url })).toMatchObject({ stops: [{ code: 'single-session' }] });
  await expect(drydock.verify({ databaseUrl: url })).rejects.toMatchObject({ code: 'single-session' });
});
