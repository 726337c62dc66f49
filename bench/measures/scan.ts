import type { BenchServer } from '../server.js';

const TABLES = [
  'opportunities',
  'app_opportunities',
  'workflow_results',
  'opportunities_unified',
  'opportunity_duplicates',
];

/** Seconds of one plain sequential scan of every table that verification reads, one after the other. */
export async function scan(server: BenchServer): Promise<number> {
  const client = await server.connect();
  await client.query(
    'set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off',
  );
  const start = performance.now();
  for (const table of TABLES) await client.query(`select count(*) from ${table}`);
  const seconds = (performance.now() - start) / 1000;
  await client.end();
  return seconds;
}
