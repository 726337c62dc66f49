import { withClient } from '../client.js';
import { buildSameIndexes, indexDefinitions } from '../indexes.js';
import { type BenchServer, settle } from '../server.js';

export interface PeerRun {
  readonly seconds: number;
  readonly rows: number;
}

/** One statement that fills a table of its own like one of ours. */
export interface Peer {
  /** Our table. */
  readonly ours: string;
  readonly table: string;
  readonly statement: string;
}

/** From no table to an analysed one with the keys and indexes of ours. */
export async function runPeer(server: BenchServer, { ours, table, statement }: Peer): Promise<PeerRun> {
  return withClient(server, async (client) => {
    const definitions = await indexDefinitions(client, ours);
    await client.query(`drop table if exists ${table}`);
    await settle(server);
    // As in every session of Drydock: compiling costs more than it saves here.
    await client.query('set jit = off');
    try {
      const start = performance.now();
      await client.query(`create table ${table} (like ${ours} including generated including constraints)`);
      const { rowCount } = await client.query(statement);
      await buildSameIndexes(server, definitions, ours, table);
      return { seconds: (performance.now() - start) / 1000, rows: rowCount ?? 0 };
    } finally {
      await client.query(`drop table if exists ${table}`);
    }
  });
}
