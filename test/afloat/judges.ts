import type pg from 'pg';
import type { tablesOf } from './tables.js';
import type { WriterReport } from './writer.js';

/** Rows, by key, that are under an old name and not in the view that gives them back. */
export async function notGivenBack(
  client: pg.Client,
  tables: ReturnType<typeof tablesOf>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, key, stamp } of Object.values(tables)) {
    if (name === 'submissions') continue;
    const { rows } = await client.query<{ row: string }>(
      `select concat_ws(' ', ${key}, ${stamp}) as row from public.${name}
       except all select concat_ws(' ', ${key}, ${stamp}) from public.${name}_legacy limit 3`,
    );
    problems.push(...rows.map(({ row }) => `not in ${name}_legacy: ${row}`));
  }
  return problems;
}

/** A transaction that was acknowledged is there, once, and no other. */
export async function judgeCommits(client: pg.Client, writers: readonly WriterReport[]): Promise<string[]> {
  const { rows } = await client.query<{ writer: number; n: number }>(
    'select writer, count(*)::int as n from afloat.committed group by writer',
  );
  return writers.flatMap(({ transactions, rolledBack }, at) => {
    const found = rows.find(({ writer }) => writer === at + 1)?.n ?? 0;
    const due = transactions - rolledBack;
    // The last one may have failed, and is named as a problem of its own.
    return found === due || found === due - 1
      ? []
      : [`writer ${at + 1} committed ${due} transactions, and ${found} are there`];
  });
}
