import fc from 'fast-check';
import { type DeclarationSpec, identityOf, nameOf, type SourceSpec } from './declarations.js';

/** A row: for each column a place in the values of its type. */
export type RowSpec = Readonly<Record<string, number>>;
/** A write: where, what, and the row whose values it takes. */
export interface WriteSpec {
  readonly kind: 'insert' | 'update' | 'delete' | 'move' | 'point';
  readonly source: number;
  readonly at: number;
  readonly column: number;
  readonly row: RowSpec;
}

const NULL = 'null';
const NUMBERS = ['0', '1', '7', '-3', '100', '12', NULL];
/** SQL literals, some of them awkward; a place beyond the end is taken modulo. */
const BY_COLUMN: Readonly<Record<string, readonly string[]>> = {
  mail: [`'a@x'`, `'A@X'`, `' a@x '`, `'b@x'`, `'c@x'`, `'a@none'`, `''`, `'none'`, NULL, NULL],
  label: [`'L'`, `' L'`, `''`, `'l  '`, `'Ü\t"'`, `'{}'`, `'\\N'`, NULL],
  word: [`'one'`, `'ONE'`, `'eins'`, `'zwei '`, `'two'`, `'what?'`, `''`, NULL],
  doc: [`'{"a": 1.10, "a": 2}'`, `'[]'`, `'null'`, `'{}'`, `'" "'`, `'{"b":{"c":[1,null]}}'`, NULL],
  note: [`'n'`, `'N '`, `''`, NULL],
};
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  numeric: [`'NaN'`, `'0.10'`, `'-0.5'`, `'1e30'`, `'1.005'`, ...NUMBERS],
  'numeric(8,2)': [`'NaN'`, `'0.10'`, `'-0.55'`, ...NUMBERS],
  'double precision': [`'NaN'`, `'-0'`, `'0.1'`, `'1e300'`, `'Infinity'`, ...NUMBERS],
  text: [`'1'`, `'01'`, `' 2'`, `'x'`, `''`, `'t'`, `'yes'`, `'2024-02-29'`, `'2024-2-9'`, NULL],
  'char(6)': [`'1'`, `'01'`, `'x'`, `''`, NULL],
  boolean: ['true', 'false', NULL],
  date: [`'2024-02-29'`, `'0044-03-15 BC'`, `'infinity'`, `'2024-01-01'`, NULL],
  timestamp: [`'2024-02-29 00:00'`, `'2024-01-01 12:00:00.000001'`, `'-infinity'`, `'2024-03-31 02:30'`, NULL],
  timestamptz: [`'2024-02-29 00:00Z'`, `'2024-01-01 12:00:00.000001Z'`, `'infinity'`, `'0001-01-01 BC'`, NULL],
  'timestamptz(0)': [`'2024-02-29 00:00:01Z'`, `'2024-01-01Z'`, NULL],
  'int[]': [`'{}'`, `'{1,null}'`, NULL],
  interval: [`'1 mon'`, `'30 days'`, NULL],
  bytea: [`'\\x00ff'`, `''`, NULL],
  'char(3)': [`'a'`, `''`, NULL],
}; // biome-ignore format: a table

const valueAt = (values: readonly string[], at: number) => values[at % values.length] ?? NULL;

/** The literal of a column for a place in its values. */
export function literalOf(spec: SourceSpec, name: string, at: number): string {
  if (name === 'changed') return valueAt(BY_TYPE[spec.types.made] ?? NUMBERS, at);
  const type = spec.types[name as keyof SourceSpec['types']];
  const known = name === 'label' || name === 'note' || name === 'mail' || name === 'word' || name === 'doc';
  return valueAt((known ? BY_COLUMN[name] : BY_TYPE[type]) ?? NUMBERS, at);
}

/** What an identity of a source is for a number; `a` and `b` are numbers of few values. */
function idOf({ identity }: SourceSpec, a: number): string {
  if (identity === 'text') return `'${a % 3 === 0 ? `k ${a}` : `K${a}`}'`;
  return identity === 'uuid' ? `md5('${a}')::uuid` : String(a);
}

/** Numbers of the columns of a source, with those of its identity and pointer. */
const row: fc.Arbitrary<RowSpec> = fc.dictionary(
  fc.constantFrom('id', 'ptr', 'mail', 'code', 'label', 'amount', 'truth', 'day', 'at', 'word', 'doc', 'note', 'made', 'extra', 'changed'),
  fc.nat(40),
  { minKeys: 15, maxKeys: 15, noNullPrototype: true },
); // biome-ignore format: names

export const rows = fc.array(fc.array(row, { maxLength: 14 }), { minLength: 3, maxLength: 3 });

export const writes: fc.Arbitrary<readonly WriteSpec[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('insert', 'update', 'update', 'delete', 'move', 'point'),
    source: fc.nat(2),
    at: fc.nat(20),
    column: fc.nat(40),
    row,
  }),
  { maxLength: 12 },
);

function insertOf(spec: DeclarationSpec, source: number, one: RowSpec): string {
  const own = spec.sources[source] as SourceSpec;
  const target = spec.sources[source - 1];
  const columns = Object.keys(own.types);
  const { id = 0, ptr = 0 } = one;
  const values = [...columns, 'changed'].map((name) => literalOf(own, name, one[name] ?? 0));
  const pointer = target === undefined || ptr % 4 === 0 ? NULL : idOf(target, ptr % 9);
  return (
    `insert into ${nameOf(source)} (id, sub, ${columns.join(', ')}, changed, ptr, ptr_sub) overriding system value ` +
    `values (${idOf(own, id)}, '${id % 2 === 0 ? 'x' : 'y'}', ${values.join(', ')}, ${pointer}, '${ptr % 2 === 0 ? 'x' : 'y'}') on conflict do nothing`
  );
}

/** The rows of all sources, in an order. */
export function insertsOf(spec: DeclarationSpec, all: readonly (readonly RowSpec[])[]): string[] {
  return spec.sources.flatMap((_, at) => (all[at] ?? []).map((one) => insertOf(spec, at, one)));
}

/** A write under an old name, or to the legacy table before. */
export function writeOf(
  spec: DeclarationSpec,
  { kind, source: drawn, at, column, row: one }: WriteSpec,
): string {
  const source = drawn % spec.sources.length;
  const own = spec.sources[source] as SourceSpec;
  const table = nameOf(source);
  const key = identityOf(own).join(', ');
  const which = `(${key}) = (select ${key} from ${table} order by ${key} offset ${at} limit 1)`;
  if (kind === 'insert') return insertOf(spec, source, one);
  if (kind === 'delete') return `delete from ${table} where ${which}`;
  if (kind === 'move')
    return own.identity === 'always'
      ? `delete from ${table} where ${which}`
      : `update ${table} set id = ${idOf(own, 50 + (one.id ?? 0))} where ${which} and not exists (select from ${table} x where x.id = ${idOf(own, 50 + (one.id ?? 0))})`;
  const target = spec.sources[source - 1];
  if (kind === 'point')
    return `update ${table} set ptr = ${target === undefined ? NULL : idOf(target, (one.ptr ?? 0) % 9)} where ${which}`;
  const names = [...Object.keys(own.types), 'changed'];
  const name = names[column % names.length] as string;
  return `update ${table} set ${name} = ${literalOf(own, name, one[name] ?? 0)} where ${which}`;
}

/** A write to the unified table itself. Some are refused. */
export function directOf(spec: DeclarationSpec, { kind, at, column, row: one, source }: WriteSpec): string {
  const which = `id = (select id from unified order by id offset ${at} limit 1)`;
  if (kind === 'delete') return `delete from unified where ${which}`;
  const shared = spec.columns[column % spec.columns.length];
  const [name, value] =
    shared === undefined || kind === 'point'
      ? ownOf(spec, source % spec.sources.length, column, one)
      : [shared.of, sharedLiteral(shared.of, one[shared.of === 'whole' || shared.of === 'price' ? 'amount' : shared.of] ?? 0)];
  if (kind !== 'insert' && kind !== 'move') return `update unified set ${name} = ${value} where ${which}`;
  const at0 = source % spec.sources.length;
  const own = spec.sources[at0] as SourceSpec;
  const columns = new Map([[`${nameOf(at0)}_id`, idOf(own, 70 + (one.id ?? 0))], [name, value]]);
  const flags = spec.sources.map((_, other) => [`from_${nameOf(other)}`, String(other === at0)] as const);
  for (const [flag, isSet] of flags) columns.set(flag, isSet);
  return `insert into unified (${[...columns.keys()].join(', ')}) values (${[...columns.values()].join(', ')})`;
} // biome-ignore format: short

function ownOf(
  spec: DeclarationSpec,
  source: number,
  column: number,
  one: RowSpec,
): [name: string, value: string] {
  const own = spec.sources[source] as SourceSpec;
  const names = ['note', 'extra', 'made', 'changed', 'mail'] as const;
  const name = names[column % names.length] as string;
  return [`${nameOf(source)}_${name}`, literalOf(own, name, one[name] ?? 0)];
}

const SHARED: Readonly<Record<string, readonly string[]>> = {
  amount: [`'NaN'`, '0.10', '-1', '7', '1.00', '99999999999', NULL],
  whole: ['1', NULL],
  price: ['0.01', '1.005', '3', NULL],
  truth: ['true', 'false', NULL],
  day: [`'2024-02-29'`, `'infinity'`, NULL],
  at: [`'2024-02-29 00:00:01Z'`, `'2024-01-01 00:00:00.5Z'`, `'infinity'`, NULL],
  word: [`'one'`, `'two'`, `'three'`, NULL],
};

function sharedLiteral(name: string, at: number): string {
  return valueAt(SHARED[name] ?? BY_COLUMN[name] ?? [NULL], at);
}
