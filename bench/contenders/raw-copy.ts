import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { withClient } from '../client.js';
import { buildSameIndexes, indexDefinitions } from '../indexes.js';
import { type BenchServer, settle } from '../server.js';

const COPY = 'raw_copy';

/** Enough that neither connection waits for the other one's turn: the copy is not to be handicapped. */
const BUFFER_BYTES = 1 << 20;

export interface CopyRun {
  readonly seconds: number;
  readonly bytes: number;
}

/** Moves the finished rows unchanged from one table into another, then builds the same keys and indexes. */
export async function rawCopy(server: BenchServer): Promise<CopyRun> {
  return withClient(server, (reader) =>
    withClient(server, async (writer) => {
      const definitions = await indexDefinitions(writer, 'opportunities_unified');
      const { rows } = await writer.query<{ columns: string }>(
        `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
         where attrelid = 'opportunities_unified'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      );
      const columns = rows[0]?.columns ?? '';
      await writer.query(`drop table if exists ${COPY}`);
      await settle(server);
      try {
        const start = performance.now();
        await writer.query(
          `create table ${COPY} (like opportunities_unified including generated including constraints)`,
        );
        // Of the table itself: a query in its place would go through the executor.
        const source = reader.query(
          copyTo(`copy opportunities_unified (${columns}) to stdout`, { highWaterMark: BUFFER_BYTES }),
        );
        const sink = writer.query(
          copyFrom(`copy ${COPY} (${columns}) from stdin`, { highWaterMark: BUFFER_BYTES }),
        );
        let bytes = 0;
        source.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        await pipeline(source, sink);
        await buildSameIndexes(server, definitions, 'opportunities_unified', COPY);
        return { seconds: (performance.now() - start) / 1000, bytes };
      } finally {
        await writer.query(`drop table if exists ${COPY}`);
      }
    }),
  );
}
