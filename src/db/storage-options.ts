/**
 * Options of storage, as `name=value`, without those that only the server sets: 15.20 keeps `pg_attver=N` with every
 * column of tables and views, N differs between equal tables, and no other server takes it. Null where none is left.
 */
export function settableOptions(options: readonly string[] | null): string[] | null {
  const left = options?.filter((option) => !option.startsWith('pg_')) ?? [];
  return left.length === 0 ? null : left;
}
