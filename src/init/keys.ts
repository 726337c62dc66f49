import type { Form } from './forms.js';
import { type Link, usable } from './links.js';
import type { Side } from './matched-rows.js';
import { isTenant } from './parted.js';
import type { ColumnProfile } from './profile.js';
import type { Relation } from './relation.js';

/** The name of a normalizer, as the words of a declaration have it. */
export type NormalizerName = 'email' | 'digits' | 'wholeNumber' | 'uuid' | 'folded';

/** What rows of several tables meet by: a column of each. */
export interface KeyProposal {
  readonly columns: ReadonlyMap<string, ColumnProfile>;
  readonly normalizer: NormalizerName;
  /** A further part of the key, by table; where there is one, values alone are no identity. */
  readonly part: {
    readonly columns: ReadonlyMap<string, ColumnProfile>;
    /** Of tables that have no such column: what it would say. */
    readonly constants: ReadonlyMap<string, string>;
  } | null;
  readonly links: readonly Link[];
  readonly sure: boolean;
  readonly score: number;
}

/** A row that is what a row of another table is that it points to. */
export interface PointerProposal {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
  /** What it was found by; null: a foreign key of several columns says so. */
  readonly link: Link | null;
}

export interface KeysProposal {
  readonly keys: readonly KeyProposal[];
  readonly pointers: readonly PointerProposal[];
  /** The column of each table that is a part of every key; null: none is. */
  readonly within: ReadonlyMap<string, ColumnProfile> | null;
}

const MOST_KEYS = 3;

/** Puts the ways in which pairs of tables meet together to keys that several tables share. */
export function keysOf(relations: readonly Relation[], sides: readonly Side[]): KeysProposal {
  const tables = sides.map(({ table }) => table.name);
  const links = relations.flatMap((one) => usable(one.links)).sort((a, b) => b.score - a.score);
  const pointers = pointersOf(links, sides);
  const clusters: { columns: Map<string, ColumnProfile>; links: Link[] }[] = [];
  const clusterOf = (column: ColumnProfile) =>
    clusters.find(({ columns }) => columns.get(column.table) === column);
  for (const link of links.filter(({ kind }) => kind === 'same')) {
    const [a, b] = [clusterOf(link.left), clusterOf(link.right)];
    if (a === undefined && b === undefined) {
      clusters.push({
        columns: new Map([link.left, link.right].map((one) => [one.table, one])),
        links: [link],
      });
      continue;
    }
    const into = a ?? b;
    if (into === undefined || (a !== undefined && b !== undefined && a !== b)) continue;
    const further = a === undefined ? link.left : link.right;
    if (into.columns.has(further.table) && into.columns.get(further.table) !== further) continue;
    into.columns.set(further.table, further);
    into.links.push(link);
  }
  const keys = clusters
    .map(({ columns, links: own }) => keyOf(columns, own))
    .sort((a, b) => Number(b.sure) - Number(a.sure) || b.score - a.score)
    .slice(0, MOST_KEYS);
  const within = tenantOf(keys, tables);
  return { keys: within === null ? keys : keys.map((key) => ({ ...key, part: null })), pointers, within };
}

/** Pointers, the surest first, as long as they do not lead in a circle. */
function pointersOf(links: readonly Link[], sides: readonly Side[]): PointerProposal[] {
  const found: PointerProposal[] = [];
  const leadsTo = (from: string, to: string): boolean =>
    from === to || found.some((one) => one.from === from && leadsTo(one.to, to));
  const single = links
    .filter(({ kind }) => kind === 'via')
    .map((link) => ({ from: link.left.table, to: link.right.table, columns: [link.left.name], link }));
  for (const pointer of [...ofSeveralColumns(sides), ...single]) {
    const { from, to } = pointer;
    if (!leadsTo(to, from) && !found.some((one) => one.from === from && one.to === to)) found.push(pointer);
  }
  return found;
}

/** Foreign keys to an identity of several columns, in its order. */
function ofSeveralColumns(sides: readonly Side[]): PointerProposal[] {
  return sides.flatMap(({ table }) =>
    table.references.flatMap(({ columns, targets, table: name, schema }): PointerProposal[] => {
      const target = sides.find((side) => side.table.name === name && side.table.schema === schema);
      const identity = target?.table.identity ?? [];
      const isWhole =
        identity.length === targets.length && identity.every((column) => targets.includes(column));
      if (columns.length < 2 || !isWhole || target?.table === table) return [];
      const ordered = identity.map((column) => columns[targets.indexOf(column)] ?? '');
      return [{ from: table.name, to: name, columns: ordered, link: null }];
    }),
  );
}

function keyOf(columns: ReadonlyMap<string, ColumnProfile>, links: readonly Link[]): KeyProposal {
  const parts = links.flatMap(({ apart }) => (apart === null ? [] : [apart]));
  const words = links.flatMap(({ word }) => (word === null ? [] : [word]));
  const further = new Map([
    ...parts.flatMap(({ left, right }) => [[left.table, left] as const, [right.table, right] as const]),
    ...words.map(({ column }) => [column.table, column] as const),
  ]);
  return {
    columns,
    normalizer: normalizerFor([...columns.values()].map(({ form }) => form)),
    part:
      further.size === 0
        ? null
        : { columns: further, constants: new Map(words.map(({ table, raw }) => [table, raw] as const)) },
    links,
    sure: links.every(({ sure }) => sure),
    score: Math.max(...links.map(({ score }) => score)),
  };
}

export function normalizerFor(forms: readonly Form[]): NormalizerName {
  if (forms.includes('email')) return 'email';
  if (forms.includes('phone')) return 'digits';
  if (forms.every((form) => form === 'uuid')) return 'uuid';
  return forms.every((form) => form === 'whole') ? 'wholeNumber' : 'folded';
}

/** The tenant that gives out numbers of its own, where every table names one. */
function tenantOf(
  keys: readonly KeyProposal[],
  tables: readonly string[],
): ReadonlyMap<string, ColumnProfile> | null {
  for (const { part } of keys) {
    if (part === null || part.constants.size > 0 || !tables.every((table) => part.columns.has(table)))
      continue;
    if ([...part.columns.values()].some(isTenant)) return part.columns;
  }
  return null;
}
