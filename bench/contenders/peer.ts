import { withClient } from '../client.js';
import { buildSameIndexes, type IndexDefinition, indexDefinitions } from '../indexes.js';
import { type BenchServer, settle } from '../server.js';

export interface PeerRun {
  readonly seconds: number;
  readonly rows: number;
}

/** One statement that fills tables of its own like some of ours. */
export interface Peer {
  /** Ours, and what stands in for each; the rows of the first one are counted. */
  readonly tables: readonly { readonly ours: string; readonly table: string }[];
  readonly statement: string;
}

/** From no tables to analysed ones with the keys and indexes of ours. */
export async function runPeer(server: BenchServer, { tables, statement }: Peer): Promise<PeerRun> {
  return withClient(server, async (client) => {
    const drop = `drop table if exists ${tables.map(({ table }) => table).join(', ')}`;
    const definitions = new Map<string, IndexDefinition[]>();
    for (const { ours, table } of tables) definitions.set(table, await indexDefinitions(client, ours));
    await client.query(drop);
    await settle(server);
    // As in every session of Drydock: compiling costs more than it saves here.
    await client.query('set jit = off');
    try {
      const start = performance.now();
      for (const { ours, table } of tables)
        await client.query(`create table ${table} (like ${ours} including generated including constraints)`);
      const { rowCount } = await client.query(statement);
      for (const { ours, table } of tables)
        await buildSameIndexes(server, definitions.get(table) ?? [], ours, table);
      return { seconds: (performance.now() - start) / 1000, rows: rowCount ?? 0 };
    } finally {
      await client.query(drop);
    }
  });
}
