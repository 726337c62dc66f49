import { inject } from 'vitest';
import { asAdmin, quoted, urlOf } from './admin.js';
import { templateName } from './names.js';

/**
 * Makes a database that tests clone: filling one takes seconds, cloning it a few hundredths. The first caller of a
 * run, in whichever test process, fills it; all others wait for that and take it as it is.
 *
 * @param name - what is in it; the same name must always mean the same content
 * @param fill - fills the database at the URL, and closes every connection to it
 * @returns the name to give as `template` to `createTestDatabase`
 */
export async function createTemplate(name: string, fill: (url: string) => Promise<void>): Promise<string> {
  const template = templateName(inject('runId'), name);
  const unfinished = `${template}_unfinished`; // what bears the final name is complete
  await asAdmin(async (admin) => {
    // Released with the connection.
    await admin.query('select pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1::text, 0))', [
      template,
    ]);
    const found = await admin.query('select from pg_catalog.pg_database where datname = $1::text', [
      template,
    ]);
    if (found.rowCount) return;
    await admin.query(`drop database if exists ${quoted(unfinished)}`);
    await admin.query(`create database ${quoted(unfinished)} template template0 encoding 'UTF8'`);
    await fill(urlOf(unfinished));
    await admin.query(`alter database ${quoted(unfinished)} rename to ${quoted(template)}`);
  });
  return template;
}
