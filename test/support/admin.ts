import pg from 'pg';
import { inject } from 'vitest';

/** Runs `work` on a connection to the server's own database, from which other databases are made and dropped. */
export async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: inject('databaseUrl'), application_name: 'drydock tests' });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** The URL of another database on the test server. */
export function urlOf(database: string): string {
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

export function quoted(identifier: string): string {
  return pg.escapeIdentifier(identifier);
}
