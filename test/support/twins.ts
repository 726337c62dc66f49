import { expect } from 'vitest';
import type { Session } from '../../src/db/session.js';

/**
 * A rule that has two forms gives the same in both, for each of some values.
 *
 * @param rule `sql`: over an expression of type text, to a value that is compared as text; `script`: the same in TypeScript
 */
export async function textTwin(
  session: Session,
  values: readonly string[],
  rule: { readonly sql: (value: string) => string; readonly script: (value: string) => string | null },
): Promise<void> {
  const rows = await session.query(
    `select (${rule.sql('v.value')})::text as made from json_array_elements_text($1::json) with ordinality v (value, at) order by at`,
    [JSON.stringify(values)],
  );
  expect(rows).toHaveLength(values.length);
  const pairs = (made: (at: number) => string | null | undefined) =>
    values.map((value, at) => [value, made(at)]);
  expect(pairs((at) => rows[at]?.made)).toEqual(pairs((at) => rule.script(values[at] ?? '')));
}
