import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Cleanup } from '../../src/db/cleanup.js';
import { connector } from '../../src/db/connect.js';
import { StatementProxy } from '../faults/proxy.js';
import { createTestDatabase } from '../support/database.js';

test('all sessions of a command go to the server that the first one reached, until none is open', async () => {
  const database = await createTestDatabase('connect');
  const statements: string[] = [];
  // The first server of the list is away at first, and back before the second session is opened.
  const reserved = createServer();
  await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
  const address = reserved.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  await new Promise((resolve) => reserved.close(resolve));
  const url = new URL(database.url);
  const first = `${url.hostname}:${address.port}`;
  url.searchParams.set('sslmode', 'disable'); // the proxy answers no request for TLS
  const connect = connector(url.href.replace(`@${url.host}`, `@${first},${url.host}`));
  const cleanup = new Cleanup();
  await connect.open(cleanup);
  const proxy = await StatementProxy.open(
    database.url,
    ({ text }) => void statements.push(text),
    undefined,
    address.port,
  );
  onTestFinished(() => proxy.close());
  await connect.open(cleanup);
  await connect.cancel([0]);
  expect(statements).toEqual([]);
  expect(connect.environment()).toMatchObject({ PGPORT: url.port, PGHOSTADDR: '127.0.0.1' });
  await cleanup.unwind();
  await connect.open(cleanup);
  await cleanup.unwind();
  expect(statements).not.toEqual([]);
});
