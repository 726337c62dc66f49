import { withClient } from '../client.js';
import { type BenchServer, settle } from '../server.js';

const TABLES = [
  'opportunities',
  'app_opportunities',
  'workflow_results',
  'opportunities_unified',
  'opportunity_duplicates',
];

/** Seconds of one plain sequential scan of every table that verification reads, one after the other. */
export async function scan(server: BenchServer): Promise<number> {
  return withClient(server, async (client) => {
    await client.query(
      'set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off; set jit = off',
    );
    await settle(server);
    const start = performance.now();
    for (const table of TABLES) await client.query(`select count(*) from ${table}`);
    return (performance.now() - start) / 1000;
  });
}
