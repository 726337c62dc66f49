import type { SourceDefinitions } from './schema-copy.js';

/** Texts that are tried as values of a column, whatever its type: the server says which of them it takes. */

const TEXTS = [
  '', ' ', 'a', 'A', ' a ', 'Zürich', '日本 🏠', `O'Hara "x" \\n`, 'null', '0', '007', '1.50', 'true', 'x'.repeat(70), 'a\tb\nc', '2024-01-01', 'e\u0301', '\u00a0a',
]; // biome-ignore format: a list
const NUMBERS = [
  '0', '1', '-1', '7', '42', '0.5', '0.123', '33.333', '99.99', '100', '100.01', '101', '-0.01', '1.10', '1e3', '32767', '2147483647', '-2147483648',
  '9223372036854775807', '123456789012345678901234567890.5', 'NaN', '1700000000', '1700000000.25',
]; // biome-ignore format: a list
const TIMES = [
  '2024-01-01', '2024-05-05 12:00:00.123456', '2024-05-05 12:00:00', '2025-06-01 00:00:00', '1969-12-31 23:59:59.999999', '0044-03-15 BC', 'infinity', '-infinity',
  '2024-05-05 12:00:00.123456+05:30', '24:00:00', '12:34:56.789', '12:00:00+02', '1 mon 3 days', '-00:00:01',
]; // biome-ignore format: a list
const DOCUMENTS = [
  '{}', '[]', '{"a": 1.0, "b": [1, null]}', '{"b": 1, "a": 2, "b": 3}', '"x"', 'null', '1.10', '[{"deep": {"x": "é"}}]',
]; // biome-ignore format: a list
const LISTS = ['[]', '["a"]', '["a", "b"]', '[" a", ""]', '["é", "\\""]', '[1]', '{}'];
const OTHERS = [
  'true', 'false', '00000000-0000-4000-8000-000000000001', 'FFFFFFFF-0000-4000-8000-000000000002', '\\x00ff', '\\x', '{1,2,NULL}', '{a,"b c",NULL}', '{true,false}',
  '{2024-01-01}', '{{1,2},{3,4}}', '127.0.0.1', '10.0.0.0/8', '08:00:2b:01:02:03', '[1,5)', 'empty', '[2024-01-01,2024-02-01)', '(1,2)', '<(0,0),1>', '<a>x</a>', '1010', "'a':1 'b':2", 'a & b',
  '0/16B3748', '$1.50', '("a",1)',
]; // biome-ignore format: a list

const ALL = [...NUMBERS, ...TIMES, ...DOCUMENTS, ...OTHERS, ...TEXTS];

/** What is tried for a column of a type, before those are taken away that the type does not have. */
export function candidatesFor({
  category,
  kind,
}: {
  readonly category: string;
  readonly kind: string;
}): readonly string[] {
  if (category === 'S') return TEXTS;
  if (category === 'N') return NUMBERS;
  if (category === 'D') return TIMES;
  if (kind === 'list') return LISTS;
  if (kind === 'json' || kind === 'jsonb') return DOCUMENTS;
  return ALL;
}

/** Texts and numbers that stand in checks over a column: what a check lets in is often listed there. */
export function valuesInChecks(
  { document }: SourceDefinitions,
  table: { readonly home: string; readonly name: string },
  column: string,
): readonly string[] {
  const found = document.tables.find(({ schema, name }) => schema === table.home && name === table.name);
  const type = found?.columns.find(({ name }) => name === column)?.type;
  const domain = document.types.find(({ schema, name }) => type === name || type === `${schema}.${name}`);
  const checks = [
    ...(found?.constraints ?? []).filter(
      ({ kind, definition }) => kind === 'c' && mentions(definition, column),
    ),
    ...(domain?.constraints ?? []),
  ].map(({ definition }) => definition);
  const texts = checks.flatMap((check) =>
    [...check.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'")),
  );
  const numbers = checks.flatMap((check) =>
    [...check.matchAll(/(?<![\w.'])-?\d+(?:\.\d+)?/g)].map(([text]) => text),
  );
  return [...new Set([...texts, ...numbers, ...(domain?.labels ?? [])])];
}

function mentions(definition: string, column: string): boolean {
  return definition.includes(column);
}

/** Several spellings of a few keys, as a normalizer of this family reads them. */
export function keyValues(family: string): readonly string[] {
  switch (family) {
    case 'email':
      return ['k1@x.example', ' K1@X.example', 'k2@x.example', 'k3@x.example', 'K3@x.EXAMPLE ', 'n/a', ''];
    case 'digits':
      return ['0301', '03-01', '(0302)', '0302', '0303', '-', ''];
    case 'integer':
      return ['7', '007', '+7', '8', '9', '-9', 'x', ''];
    case 'uuid':
      return [1, 2, 3].flatMap((n) => [
        `aaaaaaaa-0000-4000-8000-00000000000${n}`,
        `AAAAAAAA-0000-4000-8000-00000000000${n}`,
      ]);
    case 'exact':
      return ['1', '2', '3', '4', 'a', 'b', ' a', ''];
    default:
      return ['1', '2', '3', 'a', 'A', ' a ', 'b  c', 'B c', ' ', ''];
  }
}

/** Spellings of keys that are different ones for each number, some of them awkward. */
export function distinctKeys(family: string): readonly ((n: number) => string)[] {
  switch (family) {
    case 'email':
      return [(n) => `v${n}@x.example`, (n) => ` V${n}@X.example`, (n) => `ü${n}@x.example `];
    case 'digits':
      return [(n) => `9${n}`, (n) => `(9) ${n}-`, (n) => `9 ${n}`];
    case 'integer':
      return [(n) => String(n), (n) => `0${n}`, (n) => `+${n}`];
    case 'uuid':
      return ['b', 'B'].map(
        (letter) => (n) => `${letter}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      );
    default:
      return [(n) => String(n), (n) => `v${n}`, (n) => ` V${n} `];
  }
}

/** What else than a pool a normalizer names: spellings that give no key. */
export function exceptedSpellings(normalizer: string): readonly string[] {
  const [, list] = / none (\[.*\])$/.exec(normalizer) ?? [];
  return list === undefined ? [] : (JSON.parse(list) as string[]);
}
