import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TestDatabase } from './database.js';
import { eventually } from './traces.js';

/** Stores all rows of a table anew, as ALTER TABLE does for a new type. Not of a column that a view reads. */
export const newType = (table: string, column = 'notes'): string =>
  `alter table ${table} alter column ${column} type text using ${column} || ''`;

/** The same for any table, which is as before afterwards. */
export const newColumn = (table: string): string =>
  `alter table ${table} add column anew float default random(); alter table ${table} drop column anew`;

export interface Rewrite {
  /** Quoted neither in its schema nor in its name. */
  readonly table: string;
  /** Statements, done in one transaction; where not given, a column comes and goes. */
  readonly by?: string | undefined;
  /** What reads the table; where not given, any statement that names it. */
  readonly reader?: RegExp | undefined;
}

/**
 * Has another session rewrite a table while work is done over the given address: after a transaction of the work has taken
 * its snapshot, and just before it first reads the table.
 */
export async function rewrittenUnder<T>(
  database: TestDatabase,
  { table, by = newColumn(table), reader = naming(table) }: Rewrite,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const other = await database.client();
  let rewrites = 0;
  const url = await watchedUrl(database.url, async (statement, hasSnapshot) => {
    if (rewrites > 0 || !hasSnapshot || !reader.test(statement)) return;
    rewrites += 1;
    await other.query(`begin; set local lock_timeout = '2s'; ${by}; commit`);
  });
  const result = await work(url);
  if (rewrites === 0) throw new Error(`nobody read ${table}`);
  return result;
}

/**
 * The same for work whose first statement reads the table: the rewrite holds its lock until that statement waits, and has
 * its snapshot.
 */
export async function rewrittenBefore<T>(
  database: TestDatabase,
  { table, by = newColumn(table), reader = naming(table) }: Rewrite,
  work: () => Promise<T>,
): Promise<T> {
  const other = await database.client();
  await other.query(`begin; ${by}`);
  const result = work();
  result.catch(() => undefined);
  await eventually(`a statement waits for ${table}`, async () => {
    const { rows } = await database.query<{ query: string }>(
      'select query from pg_locks join pg_stat_activity using (pid) where not granted and relation = $1::regclass',
      [table],
    );
    return rows.some(({ query }) => reader.test(query));
  });
  await other.query('commit');
  return result;
}

function naming(table: string): RegExp {
  const [schema, name] = table.split('.');
  return new RegExp(`${schema}"?\\."?${name}\\b`);
}

/**
 * An address of the server under which every statement is reported before it gets there, and waits until that is done.
 * With it comes whether its transaction goes by one snapshot that is taken by now.
 */
async function watchedUrl(
  databaseUrl: string,
  onStatement: (statement: string, hasSnapshot: boolean) => Promise<void>,
): Promise<string> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    let [isRepeatable, hasSnapshot] = [false, false];
    let before = Promise.resolve();
    client.on('data', (chunk) => {
      before = before.then(async () => {
        const text = chunk.toString('latin1');
        await onStatement(text, hasSnapshot).catch((error: Error) => client.destroy(error));
        if (/^Q[\s\S]{4}(begin|commit|rollback)\b(?! to)/.test(text)) {
          isRepeatable = /repeatable read/.test(text);
          hasSnapshot = false;
        } else if (isRepeatable && /select|delete|copy|snapshot/.test(text)) hasSnapshot = true;
        upstream.write(chunk);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  const url = new URL(databaseUrl);
  [url.hostname, url.port] = ['127.0.0.1', String(address.port)];
  return url.href;
}
