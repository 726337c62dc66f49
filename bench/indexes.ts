import type pg from 'pg';
import type { BenchServer } from './server.js';

const LANES = 2;

/** The definitions of all indexes of a table, to be built on another one of the same columns. */
export async function indexDefinitions(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ indexdef: string }>(
    'select indexdef from pg_indexes where schemaname = $1 and tablename = $2 order by indexname',
    ['public', table],
  );
  return rows.map((row) => row.indexdef);
}

/** Builds the same indexes on another table, over as many sessions as Drydock uses, and analyses it. */
export async function buildSameIndexes(
  server: BenchServer,
  definitions: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  const left = definitions.map((definition) =>
    definition.replaceAll(`${from}_`, `${to}_`).replace(` ON public.${from} `, ` ON public.${to} `),
  );
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      const client = await server.connect();
      for (let statement = left.pop(); statement !== undefined; statement = left.pop())
        await client.query(statement);
      await client.end();
    }),
  );
  const client = await server.connect();
  await client.query(`analyze public.${to}`);
  await client.end();
}
