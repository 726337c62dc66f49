import { createHash } from 'node:crypto';
import pg from 'pg';
import { generateLegacyData, type LegacyDataOptions } from '../../fixtures/generate.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import type { RunOptions } from '../../src/index.js';
import { connected } from '../fixtures/filled.js';
import { createTemplate, createTestDatabase, type TestDatabase } from './database.js';
import { run } from './unifying.js';

/**
 * What a prepared database holds: legacy data, and, where `run` is given, everything unified with these options (and
 * nothing built on it, unless `phases` says so).
 */
export interface Contents extends LegacyDataOptions {
  readonly run?: Pick<RunOptions, 'batchSize' | 'phases'>;
  /** Statements that change the legacy data before the run. */
  readonly sql?: string;
}

/** A database of its own, cloned from one that is filled once per run of the tests. */
export async function prepared(contents: Contents): Promise<TestDatabase> {
  const { run: options, sql, ...data } = contents;
  const name = createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16);
  const template = await createTemplate(name, async (url) => {
    const client = await connected(url);
    await createLegacySchema(client, data.mixture, { extras: data.extras ?? false });
    await generateLegacyData(() => connected(url), data);
    if (sql !== undefined) await client.query(sql);
    await client.end();
    if (options === undefined) return;
    const { outcome } = await run({ ...options, databaseUrl: url });
    if (outcome !== 'done') throw new Error(`a prepared database came out ${outcome}`);
  });
  return createTestDatabase('prepared', { template });
}

/** The tables that Drydock makes, in the order in which they depend on each other. */
export const OUR_TABLES = [
  'opportunities_unified',
  'opportunity_duplicates',
  'opportunity_assessments',
  'opportunity_assessment_records',
] as const;

/**
 * One hash per table of ours: of its contents whatever their order, or (`physical`) of each row version's place and
 * transaction too, which even an update to the same values changes.
 */
export async function tableHashes(
  database: TestDatabase,
  options: { readonly physical?: boolean; readonly where?: string; readonly schema?: string } = {},
): Promise<Record<string, string>> {
  const row = options.physical === true ? `concat(x.ctid, ' ', x.xmin, ' ', x::text)` : 'x::text';
  const found: Record<string, string> = {};
  for (const table of OUR_TABLES) {
    const { rows } = await database.query<{ hash: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(${row}), '' order by md5(${row}))), '') as hash
         from ${pg.escapeIdentifier(options.schema ?? 'public')}.${table} x where ${options.where ?? 'true'}`,
    );
    found[table] = rows[0]?.hash ?? '';
  }
  return found;
}
