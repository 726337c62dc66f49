import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { buildSameIndexes, indexDefinitions } from '../indexes.js';
import type { BenchServer } from '../server.js';

/** Moves the finished rows unchanged from one table into another, then builds the same indexes; gives seconds and bytes. */
export async function rawCopy(
  server: BenchServer,
): Promise<{ readonly seconds: number; readonly bytes: number }> {
  const [reader, writer] = [await server.connect(), await server.connect()];
  try {
    const definitions = await indexDefinitions(writer, 'opportunities_unified');
    const { rows } = await writer.query<{ columns: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
       where attrelid = 'opportunities_unified'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    );
    const columns = rows[0]?.columns ?? '';
    await writer.query('drop table if exists raw_copy');
    const start = performance.now();
    await writer.query(
      'create table raw_copy (like opportunities_unified including generated including constraints)',
    );
    const source = reader.query(copyTo(`copy (select ${columns} from opportunities_unified) to stdout`));
    let bytes = 0;
    source.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await pipeline(source, writer.query(copyFrom(`copy raw_copy (${columns}) from stdin`)));
    await buildSameIndexes(server, definitions, 'opportunities_unified', 'raw_copy');
    return { seconds: (performance.now() - start) / 1000, bytes };
  } finally {
    await writer.query('drop table if exists raw_copy');
    await reader.end();
    await writer.end();
  }
}
