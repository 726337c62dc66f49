import pg from 'pg';
import { onTestFinished } from 'vitest';
import { asAdmin } from './admin.js';
import type { TestDatabase } from './database.js';

export interface Role {
  /** Quoted. */
  readonly name: string;
  /** Connects as this role. */
  readonly url: string;
}

/** A role that may log in and nothing else, as long as the test lasts; a second one of a test wants another `ending`. */
export async function createRole(database: TestDatabase, ending = 'role'): Promise<Role> {
  const plain = `${database.name}_${ending}`.slice(-63);
  const name = pg.escapeIdentifier(plain);
  await asAdmin((admin) => admin.query(`create role ${name} login password 'a role of the tests'`));
  // Runs before the database's own hook: hooks run last first.
  onTestFinished(async () => {
    await database.query(`drop owned by ${name} cascade`);
    await asAdmin((admin) => admin.query(`drop role ${name}`));
  });
  const url = new URL(database.url);
  url.username = encodeURIComponent(plain);
  url.password = encodeURIComponent('a role of the tests');
  return { name, url: url.href };
}
