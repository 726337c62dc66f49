import type { CatalogDocument } from './document.js';

/** What depends on when or where a thing was made, or on what was read with it, and not on what it is. */
const LEFT_OUT = new Set(['order', 'lastValue', 'isCalled', 'namesOthers']);

/** Lists of things that go by their names. */
type Item = Readonly<Record<string, unknown>>;

/** How the rights on a restored thing may differ: a role that is not there cannot own it. */
export interface CompareOptions {
  readonly withRights: boolean;
}

/**
 * What one document says otherwise than another one of the same things, in words: `table public.a: column b: type
 * int4, not int8`. What the second one has more of types, routines and sequences is no difference.
 */
export function differencesOf(
  expected: CatalogDocument,
  found: CatalogDocument,
  options: CompareOptions,
): string[] {
  const ignored = options.withRights ? LEFT_OUT : new Set([...LEFT_OUT, 'owner', 'grants']);
  const differences: string[] = [];
  const compare = (where: string, a: unknown, b: unknown): void => {
    if (Array.isArray(a) && Array.isArray(b) && [...a, ...b].every(isNamed)) {
      compareLists(where, a as Item[], b as Item[]);
    } else if (isObject(a) && isObject(b)) {
      for (const key of Object.keys(a)) {
        if (ignored.has(key) || isNameless(key, a[key])) continue;
        compare(where === '' ? key : `${where}, ${key}`, a[key], b[key]);
      }
    } else if (!sameText(a, b)) {
      differences.push(`${where}: ${JSON.stringify(b)}, not ${JSON.stringify(a)}`);
    }
  };
  const compareLists = (where: string, a: readonly Item[], b: readonly Item[]): void => {
    const left = new Map(b.map((item) => [keyOf(item), item]));
    for (const item of a) {
      const partner = left.get(keyOf(item)) ?? (item.name === '' ? sameDefinition(item, left) : undefined);
      if (partner !== undefined) left.delete(keyOf(partner));
      if (partner === undefined) differences.push(`${where} ${keyOf(item)}: missing`);
      else compare(`${where} ${keyOf(item)}`, item, partner);
    }
    for (const key of left.keys()) differences.push(`${where} ${key}: not in the backup`);
  };
  for (const kind of ['types', 'routines', 'sequences'] as const) {
    const among = (list: readonly Item[], others: readonly Item[]) => {
      const known = new Set(others.map(keyOf));
      return list.filter((item) => known.has(keyOf(item)));
    };
    compare(kind, among(expected[kind], found[kind]), among(found[kind], expected[kind]));
  }
  compare('tables', expected.tables, found.tables);
  return differences;
}

/** Before versions 17 and 18 constraints against nulls had no names; newer servers give them some. */
function isNameless(key: string, value: unknown): boolean {
  return (key === 'notNullName' && value === null) || (key === 'name' && value === '');
}

function sameDefinition(item: Item, list: ReadonlyMap<string, Item>): Item | undefined {
  return [...list.values()].find(({ definition }) => definition === item.definition);
}

function keyOf(item: Item): string {
  return [item.schema, item.name, item.arguments].filter((part) => typeof part === 'string').join('.');
}

function isNamed(item: unknown): boolean {
  return isObject(item) && typeof item.name === 'string';
}

function isObject(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameText(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return JSON.stringify(a) === JSON.stringify(b);
  return a === b || withoutCasts(a) === withoutCasts(b);
}

/**
 * An expression that was parsed and printed again may have its casts in other places, once:
 * `(array['a'::varchar])::text[]` comes back as `array[('a'::varchar)::text]`.
 */
function withoutCasts(text: string): string {
  return text
    .replace(
      /::(?:"(?:[^"]|"")*"|\w|\.)+(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*/g,
      '',
    )
    .replace(/[()\s]/g, '');
}
