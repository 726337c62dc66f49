/**
 * SQL: whether a table, of the alias of its row in `pg_class`, takes no foreign key that is not checked yet. Before
 * PostgreSQL 18 no table with partitions does: all of its rows are checked as the key is added.
 */
export function takesNoUncheckedKey(relation: string): string {
  return `(${relation}.relkind = 'p' and current_setting('server_version_num')::int < 180000)`;
}
