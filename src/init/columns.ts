import { conceptsOf, PROPERTIES } from './concepts.js';
import { type GiverProposal, type GoldenProposal, goldenOf } from './golden.js';
import type { KeyProposal } from './keys.js';
import { meaningOf, wordsOf } from './names.js';
import { type ColumnProfile, distinctness } from './profile.js';
import type { Relation } from './relation.js';
import type { SharedPair } from './shared.js';
import type { Times } from './times.js';

/** A shared column of the unified table. */
export interface ColumnProposal extends GoldenProposal {
  readonly name: string;
  /** A value that the rows of a table have because they are in it, by table. */
  readonly constants: ReadonlyMap<string, string>;
  readonly newest: boolean;
  /** Columns of one group survive together; null: by itself. */
  readonly together: string | null;
  readonly sure: boolean;
  readonly why: string;
  /** Each row has its own, and some rows that meet have two: a veto may be meant. */
  readonly parts: boolean;
}

interface Cluster {
  readonly columns: Map<string, ColumnProfile>;
  readonly pairs: SharedPair[];
}

/** What is needed besides the pairs of columns. */
export interface Around {
  /** In order of precedence. */
  readonly tables: readonly string[];
  readonly keys: readonly KeyProposal[];
  readonly times: ReadonlyMap<string, Times>;
  readonly reserved: readonly string[];
}

/** Columns that become one, each with those of the other tables that hold the same. */
export function sharedColumns(relations: readonly Relation[], around: Around): ColumnProposal[] {
  const { tables, keys, times, reserved } = around;
  const parts = keys.flatMap((key) => (key.part === null || key.part.constants.size === 0 ? [] : [key.part]));
  const isPart = (column: ColumnProfile) => parts.some(({ columns }) => columns.get(column.table) === column);
  const taken = new Set(reserved);
  const named = (columns: readonly { readonly name: string }[]) => {
    const name =
      columns.map((one) => one.name).find((one) => !taken.has(one)) ??
      freeName(columns[0]?.name ?? '', taken);
    taken.add(name);
    return name;
  };
  const proposals: ColumnProposal[] = parts.map((part) =>
    providerColumn(part, named([...part.columns.values()])),
  );
  for (const { columns, pairs } of clustersOf(relations)) {
    const members = tables.flatMap((table) => columns.get(table) ?? []);
    if (members.some(isPart)) continue;
    const golden = goldenOf(members, pairs);
    if (golden === null) continue;
    const sure = pairs.every((pair) => pair.sure) && golden.doubt === null;
    const drifted = pairs.some(({ agreement: { both, equal } }) => both > 0 && equal / both < 0.98);
    const newest = drifted && members.every(({ table }) => (times.get(table)?.updated ?? null) !== null);
    const why = [...reasonsOf(pairs), ...(golden.doubt === null ? [] : [golden.doubt])].join('; ');
    proposals.push({
      ...golden,
      parts: mayPart(members, pairs, keys),
      name: named(members),
      constants: new Map(),
      newest,
      together: null,
      sure,
      why,
    });
  }
  return grouped(inOrder(proposals, tables, relations));
}

/** Whether a column that is no key says which thing a row is, and rows that meet differ there. */
function mayPart(
  columns: readonly ColumnProfile[],
  pairs: readonly SharedPair[],
  keys: readonly KeyProposal[],
): boolean {
  const isIdentifying = (column: ColumnProfile) =>
    ['code', 'whole', 'uuid', 'text'].includes(column.form) &&
    distinctness(column) >= 0.98 &&
    [...meaningOf(column.name)].every((concept) => !PROPERTIES.has(concept)) &&
    keys.every((key) => key.columns.get(column.table) !== column);
  return (
    columns.every(isIdentifying) &&
    pairs.every(({ sure, agreement: { both, equal } }) => sure && equal < both && equal / both >= 0.5)
  );
}

/** Pairs with a column in common are about one thing; no table has two columns of it. */
function clustersOf(relations: readonly Relation[]): Cluster[] {
  const pairs = relations
    .flatMap(({ shared }) => shared)
    .sort((a, b) => Number(b.sure) - Number(a.sure) || b.score - a.score);
  const clusters: Cluster[] = [];
  for (const pair of pairs) {
    const of = (column: ColumnProfile) =>
      clusters.find(({ columns }) => columns.get(column.table) === column);
    const [a, b] = [of(pair.left), of(pair.right)];
    if (a === undefined && b === undefined) {
      const columns = new Map([pair.left, pair.right].map((one) => [one.table, one] as const));
      clusters.push({ columns, pairs: [pair] });
      continue;
    }
    if (a !== undefined && b !== undefined) {
      if (a === b) continue;
      if ([...b.columns.keys()].some((table) => a.columns.has(table))) continue;
      for (const [table, column] of b.columns) a.columns.set(table, column);
      a.pairs.push(...b.pairs, pair);
      clusters.splice(clusters.indexOf(b), 1);
      continue;
    }
    const into = (a ?? b) as Cluster;
    const further = a === undefined ? pair.left : pair.right;
    if (into.columns.has(further.table)) continue;
    into.columns.set(further.table, further);
    into.pairs.push(pair);
  }
  return clusters;
}

/** What a table's name says of its rows, beside the column in which the others say it. */
function providerColumn(part: NonNullable<KeyProposal['part']>, name: string): ColumnProposal {
  const columns = [...part.columns.values()];
  const golden = goldenOf(columns, []);
  const givers: readonly GiverProposal[] = columns.map((column) => ({ column, wrap: null }));
  return {
    ...(golden ?? { word: 'text', sqlType: null, vocabulary: null, doubt: null, givers }),
    name,
    constants: part.constants,
    newest: false,
    together: null,
    sure: true,
    parts: false,
    why: `the names of ${part.constants.size} tables are words of it`,
  };
}

const MOST_REASONS = 2;

function reasonsOf(pairs: readonly SharedPair[]): string[] {
  const reasons = [
    ...new Set([...pairs].sort((a, b) => Number(a.sure) - Number(b.sure)).map(({ why }) => why)),
  ];
  const more = reasons.length - MOST_REASONS;
  return [...reasons.slice(0, MOST_REASONS), ...(more > 0 ? [`${more} more like it`] : [])];
}

/** Key columns first, then as the first table has them. */
function inOrder(
  proposals: readonly ColumnProposal[],
  tables: readonly string[],
  relations: readonly Relation[],
): ColumnProposal[] {
  const sides = relations.flatMap(({ left, right }) => [left, right]);
  const placeOf = ({ givers }: ColumnProposal) => {
    const [first] = givers;
    if (first === undefined) return 0;
    const side = sides.find(({ table }) => table.name === first.column.table);
    const at = side?.columns.findIndex(({ name }) => name === first.column.name) ?? 0;
    return tables.indexOf(first.column.table) * 10_000 + at;
  };
  return [...proposals].sort((a, b) => placeOf(a) - placeOf(b));
}

const GROUPS: readonly (readonly string[])[] = [
  ['city', 'zip', 'street', 'region', 'country', 'address'],
  ['first', 'last'],
  ['amount', 'currency'],
  ['lat', 'lon'],
];

/** Columns that mean something only beside each other: no city gets the zip code of another row. */
function grouped(proposals: readonly ColumnProposal[]): ColumnProposal[] {
  const tablesOf = ({ givers }: ColumnProposal) => givers.map(({ column }) => column.table).join();
  const conceptOf = ({ givers }: ColumnProposal) =>
    givers.flatMap(({ column }) => wordsOf(column.name).flatMap((word) => [word, ...conceptsOf(word)]));
  const groupOf = (one: ColumnProposal) => {
    const at = GROUPS.findIndex((group) => conceptOf(one).some((concept) => group.includes(concept)));
    return at < 0 || one.constants.size > 0 || conceptOf(one).includes('email')
      ? null
      : `${at} ${tablesOf(one)}`;
  };
  return proposals.map((one) => {
    const group = groupOf(one);
    const others = proposals.filter((other) => group !== null && groupOf(other) === group);
    if (others.length < 2) return one;
    return { ...one, together: group, newest: others.some(({ newest }) => newest) };
  });
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let at = 2; ; at += 1) if (!taken.has(`${name}_${at}`)) return `${name}_${at}`;
}
