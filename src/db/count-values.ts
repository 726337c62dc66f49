/** A function takes at most so many arguments; a table may have more columns. */
const MOST_ARGUMENTS = 100;

/** SQL: how many of some expressions are null. */
export function countNulls(expressions: readonly string[]): string {
  return counted('num_nulls', expressions);
}

/** SQL: how many of some expressions are not null. */
export function countValues(expressions: readonly string[]): string {
  return counted('num_nonnulls', expressions);
}

function counted(name: 'num_nulls' | 'num_nonnulls', expressions: readonly string[]): string {
  const calls: string[] = [];
  for (let at = 0; at < expressions.length; at += MOST_ARGUMENTS)
    calls.push(`${name}(${expressions.slice(at, at + MOST_ARGUMENTS).join(', ')})`);
  return `(${calls.length === 0 ? '0' : calls.join(' + ')})`;
}
