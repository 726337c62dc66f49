import type { TargetTable } from '../mapping/tables.js';
import { sentBytes } from '../types/spelling.js';

/**
 * SQL: whether two rows of a table of ours, under the aliases, hold different values. As they are stored, byte for byte; but what
 * a type of others stores may hold bytes that belong to no value, so that those are held against each other by what is
 * printed and sent of them.
 */
export function rowsDiffer({ copied, sentOnly }: TargetTable, a: string, b: string): string {
  const row = (alias: string, names: readonly string[]) =>
    `row(${names.map((name) => `${alias}.${name}`).join(', ')})::record`;
  const stored = (names: readonly string[]) => `${row(a, names)} *<> ${row(b, names)}`;
  if (sentOnly.length === 0) return stored(copied);
  const others = copied.filter((name) => !sentOnly.includes(name));
  const sent = sentOnly.map((name) => valuesDiffer(name, sentOnly, a, b));
  return `(${stored(copied)} and (${[stored(others), ...sent].join(' or ')}))`;
}

/** SQL: whether the values of one column are different. */
export function valuesDiffer(name: string, sentOnly: readonly string[], a: string, b: string): string {
  const differs = (value: (alias: string) => string) => `${value(a)} is distinct from ${value(b)}`;
  const text = differs((alias) => `${alias}.${name}::text`);
  if (!sentOnly.includes(name)) return text;
  return `(${text} or ${differs((alias) => sentBytes(`${alias}.${name}`))})`;
}

/** SQL of a text that rows of a table have in common only when they hold the same values; of the relation in scope. */
export function rowText({ copied, sentOnly }: TargetTable): string {
  return `row(${[...copied, ...sentOnly.map(sentBytes)].join(', ')})::text`;
}
