import type pg from 'pg';
import { withClient } from './client.js';
import type { BenchServer } from './server.js';

const LANES = 2;

export interface IndexDefinition {
  readonly name: string;
  readonly statement: string;
  readonly primary: boolean;
}

/** All indexes of a table, in the order in which they were made, to be built on another table of the same columns. */
export async function indexDefinitions(client: pg.Client, table: string): Promise<IndexDefinition[]> {
  const { rows } = await client.query<IndexDefinition>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as statement, i.indisprimary as primary
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = $1::text::regclass order by i.indexrelid`,
    [`public.${table}`],
  );
  return rows;
}

/** Builds the same indexes on another table, over as many sessions as Drydock uses, and analyses it. */
export async function buildSameIndexes(
  server: BenchServer,
  definitions: readonly IndexDefinition[],
  from: string,
  to: string,
): Promise<void> {
  const renamed = (name: string) => name.replace(`${from}_`, `${to}_`);
  const left = definitions.map(({ name, statement }) =>
    statement.replace(` ${name} ON public.${from} `, ` ${renamed(name)} ON public.${to} `),
  );
  await Promise.all(
    Array.from({ length: LANES }, () =>
      withClient(server, async (client) => {
        for (let statement = left.shift(); statement !== undefined; statement = left.shift())
          await client.query(statement);
      }),
    ),
  );
  await withClient(server, async (client) => {
    const key = definitions.find(({ primary }) => primary);
    if (key !== undefined)
      await client.query(
        `alter table public.${to} add constraint ${renamed(key.name)} primary key using index ${renamed(key.name)}`,
      );
    await client.query(`analyze public.${to}`);
  });
}
