import type { Kind } from '../kind.js';
import type { FaultServer } from '../server.js';

/** Columns of text that nothing is recorded by, one of each legacy table. */
const REWRITTEN: readonly (readonly [table: string, column: string])[] = [
  ['workflow_results', 'status'],
  ['app_opportunities', 'app_concept'],
  ['opportunities', 'problem_statement'],
  ['market_validations', 'validation_type'],
];

/** Does something as an application would, briefly; what the server answers where it would not. */
async function asSomebody(server: FaultServer, database: string, statement: string): Promise<string | null> {
  const client = await server.connect(database);
  try {
    await client.query(`set lock_timeout = '200ms'; set statement_timeout = '2s'`);
    await client.query(statement);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

/** Stores all rows of a table anew, each as it was. */
const rewriting = (table: string, column: string) => `do $$ declare t text; k text; begin
  select a.attrelid::regclass, format_type(a.atttypid, a.atttypmod) into strict t, k
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relname = '${table}' and a.attname = '${column}' and c.relkind = 'r' and n.nspname like 'public%';
  execute format('alter table %s alter column ${column} type %s using (${column}::text || '''')::%s', t, k, k);
end $$`;

export const rewrite: Kind = {
  name: 'rewrite',
  what: 'another session stores all rows of a legacy table anew (`alter table`): a snapshot from before sees none of them',
  when: 'statement',
  outcomes: { stops: true },
  weight: 2,
  async inject({ server, database }) {
    for (const [table, column] of REWRITTEN) {
      const refused = await asSomebody(server, database, rewriting(table, column));
      if (refused === null) return `${table} rewritten`;
    }
    return 'all legacy tables are in use';
  },
};

export const intrude: Kind = {
  name: 'intrude',
  what: 'an application writes to a unified table before its time',
  when: 'any',
  outcomes: { stops: false },
  weight: 1,
  async inject({ server, database }) {
    const refused = await asSomebody(
      server,
      database,
      `update public.opportunities_unified set target_audience = 'an intruder'`,
    );
    return refused === null ? 'written' : `refused: ${refused}`;
  },
};
