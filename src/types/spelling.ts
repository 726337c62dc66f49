import { ident } from '../db/identifier.js';
import type { TypeFacts } from './builtin.js';
import { hasSpelledPart, needsSpelling, type TypeNode } from './type-node.js';

/** Dimensions that an array may have. */
const MOST_DIMENSIONS = 6;

/**
 * SQL of a text that the type's input takes for the very same value: what is printed of it, or put together from its
 * parts where that would hide something of one (the declaration of an xml, the brackets of a tsquery). Null for null.
 */
export function spelled(value: string, node: TypeNode | null): string {
  return node === null || !needsSpelling(node) ? `(${value})::text` : spelledAt(value, node, 0);
}

function spelledAt(value: string, node: TypeNode, depth: number): string {
  switch (node.made) {
    case 'plain':
      return node.facts.spell?.(value) ?? `(${value})::text`;
    case 'domain':
      return spelledAt(value, node.of, depth);
    case 'composite': {
      const fields = node.fields.map(({ name, type }) => {
        const field = `(${value}).${ident(name)}`;
        return hasSpelledPart(type) ? spelledAt(field, type, depth) : field;
      });
      // A record of nulls is none.
      return `(case when (${value}) is distinct from null then row(${fields.join(', ')})::text end)`;
    }
    case 'array':
      return spelledArray(value, node.of, depth);
    case 'range':
      return `(${value})::text`;
  }
}

/** Element by element, in the brackets of its dimensions: each block of them begins and ends with as many as there are in it. */
function spelledArray(value: string, element: TypeNode, depth: number): string {
  const [a, e, s, w] = ['a', 'e', 's', 'w'].map((name) => `${name}${depth}`);
  const sizes = Array.from({ length: MOST_DIMENSIONS }, (_, index) => {
    const lengths = Array.from(
      { length: MOST_DIMENSIONS - index },
      (_, inner) => `coalesce(array_length(${a}.v, ${index + inner + 1}), 1)`,
    );
    return `(${index + 1}, ${lengths.join(' * ')})`;
  });
  const brackets = (bracket: string, place: string) =>
    `repeat('${bracket}', (select count(*)::int from (values ${sizes.join(', ')}) ${s} (k, size) where ${s}.k <= array_ndims(${a}.v) and ${place} % ${s}.size = 0))`;
  const backslash = 'chr(92)';
  const escaped = `replace(replace(${w}.t, ${backslash}, repeat(${backslash}, 2)), '"', ${backslash} || '"')`;
  const item = `concat(${brackets('{', `(${w}.n - 1)`)}, coalesce('"' || ${escaped} || '"', 'NULL'), ${brackets('}', `${w}.n`)})`;
  return `(select case when ${a}.v is not null then coalesce(array_dims(${a}.v) || '=' || (
    select string_agg(${item}, ',' order by ${w}.n) from (
      select ${e}.n, ${spelledAt(`${e}.v`, element, depth + 1)} as t from (
        select unnest(${a}.v) as v, generate_series(1, cardinality(${a}.v)) as n
      ) ${e} offset 0
    ) ${w}
  ), '{}') end from (select ${value} as v) ${a})`;
}

/** SQL of what is sent of a value in binary, as text; null for null. Of the same type, and in the same database. */
export function sentBytes(value: string): string {
  return `(case when (${value}) is distinct from null then encode(record_send(row(${value})), 'hex') end)`;
}

/** SQL: whether two values of a type are different ones, null included. */
export function differ(
  { sameBy, hiding }: { readonly sameBy: TypeFacts['sameBy']; readonly hiding: TypeNode | null },
  a: string,
  b: string,
): string {
  const differs = (form: (value: string) => string) => `${form(a)} is distinct from ${form(b)}`;
  const text = differs((value) => `${spelled(value, hiding)} collate "C"`);
  return sameBy === 'bytes' ? `(${text} or ${differs(sentBytes)})` : text;
}
