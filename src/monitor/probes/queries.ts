import { arrayText } from '../../db/array-text.js';
import { qualified } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';
import type { Project } from '../../project/project.js';
import type { WatchedQuery } from '../../reports/monitor.js';
import { isRefusal, type ProbeContext, refusalText } from './probe.js';

/** Executions of which the median counts: a single one says little of a query of a millisecond. */
const EXECUTIONS = 5;

/** Executions of a slow query stop after this time. */
const ENOUGH_MS = 500;

/** What the applications read; read here as they do, whether the name is a table's or by now a view's. */
function watched({ tables, consolidations }: Project): string[] {
  const sources = tables.filter(({ role }) => role === 'source').map(({ name }) => name);
  return [...new Set([...sources, ...consolidations.map(({ mapping }) => mapping.unified)])];
}

/** Rows that a query of ours reads. */
const ROWS = 200;

/** Queries of our own: the first rows of each table that is there. The operator's come from the config file. */
export async function defaultQueries({
  session,
  project,
  schema,
}: Pick<ProbeContext, 'session' | 'project' | 'schema'>): Promise<WatchedQuery[]> {
  const names = watched(project);
  const rows = await session.query(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1::text and c.relkind in ('r', 'p', 'v') and c.relname = any ($2::text[])
       and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')`,
    [schema, arrayText(names)],
  );
  const there = new Set(rows.map(({ name }) => name));
  return names
    .filter((name) => there.has(name))
    .map((name) => ({
      name: `first ${ROWS} rows of ${name}`,
      sql: `select pg_catalog.count(x) from (select * from ${qualified(schema, name)} limit ${ROWS}) x`,
    }));
}

/** Times each query; one that fails is told as unknown, and the others go on. */
export async function timeQueries(
  context: ProbeContext,
  queries: readonly WatchedQuery[],
): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const { name, sql } of queries) {
    try {
      times.set(name, await median(context.session, sql));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      context.tell({ figure: 'queries', why: refusalText(error), next: `The query that failed: ${name}.` });
    }
  }
  return times;
}

async function median(session: Session, sql: string): Promise<number> {
  const times: number[] = [];
  let spent = 0;
  while (times.length < EXECUTIONS && spent < ENOUGH_MS) {
    const ms = await timeOnce(session, sql);
    times.push(ms);
    spent += ms;
  }
  times.sort((a, b) => a - b);
  return Math.round((times[Math.floor(times.length / 2)] ?? 0) * 100) / 100;
}

/** Read by a cursor, which takes one statement and no more: a second one could end the read-only transaction. */
async function timeOnce(session: Session, sql: string): Promise<number> {
  await session.begin('read committed', 'read only');
  try {
    const start = performance.now();
    for await (const _ of session.stream(sql));
    return performance.now() - start;
  } finally {
    await session.rollback();
  }
}
