import pg from 'pg';
import type { Cleanup } from '../../db/cleanup.js';
import { startServer } from '../../embedded/server.js';
import { DrydockError } from '../../errors.js';
import { counted } from '../../format/format.js';
import type { ProgressEvent } from '../../reports/progress.js';
import { run } from '../../verbs/run.js';
import type { Shape } from '../shapes.js';
import { makeLegacyDatabase } from './legacy-database.js';

/** Settings of a server that somebody looks after, on a small machine; what sorts in memory helps the legacy form. */
const SERVER_SETTINGS = {
  shared_buffers: '1GB',
  work_mem: '64MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '8GB',
} as const;

/**
 * A database for a benchmark, on a server of our own: legacy data, all phases run, vacuumed, so that no question pays
 * for what was written before it.
 *
 * @returns its URL
 */
export async function makeBenchDatabase(
  { rows: submissions, ...rest }: { readonly rows: number; readonly shape: Shape; readonly seed: number },
  cleanup: Cleanup,
  signal: AbortSignal,
  onProgress: (event: ProgressEvent) => void,
): Promise<string> {
  const notice = (message: string) => onProgress({ type: 'notice', level: 'info', message });
  notice('Starting a PostgreSQL server of our own ...');
  const server = await startServer({ settings: SERVER_SETTINGS });
  cleanup.add(() => server.stop());
  signal.throwIfAborted();
  notice(`Making the legacy data of ${counted(submissions, 'submission')} ...`);
  const { url } = await makeLegacyDatabase(server.url, { submissions, ...rest }, () =>
    signal.throwIfAborted(),
  );
  const report = await run({ databaseUrl: url, signal, onProgress });
  if (report.outcome === 'different') {
    throw new DrydockError({
      code: 'different',
      what: 'A legacy table differs from its view: there is nothing that could be compared.',
      state: 'The generated database is gone.',
      next: 'Run: drydock demo, with the same rows, shape and seed.',
    });
  }
  notice('Vacuuming ...');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // With it shared buffers can be emptied, for cold runs. Not every build of PostgreSQL brings it along.
    const { rowCount } = await client.query(
      `select from pg_available_extensions where name = 'pg_buffercache'`,
    );
    if (rowCount === 1) await client.query('create extension pg_buffercache');
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
  return url;
}
