import { conceptsOf, NOISE } from './concepts.js';

/** How two names are related: they say the same, one says more than the other, they share a word, or nothing. */
export type Kinship = 'same' | 'within' | 'shared' | 'none';

/** The words of a name, in lower case and without accents. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** What a name is about, each thing once. Words of its table, and those that say nothing, only where there is nothing else. */
export function meaningOf(name: string, table = ''): ReadonlySet<string> {
  const all = wordsOf(name);
  const ofTable = new Set(wordsOf(table).flatMap(conceptsOf));
  const telling = all.filter((word) => !NOISE.has(word)).flatMap(conceptsOf);
  const own = telling.filter((concept) => !ofTable.has(concept));
  const isOwn = own.length > 0 && own.some((concept) => concept !== 'id');
  return new Set(isOwn ? own : telling.length > 0 ? telling : all);
}

/** How two columns' names are related. Without the words of their tables they have to say the same. */
export function kinship(
  a: { readonly table: string; readonly name: string },
  b: { readonly table: string; readonly name: string },
): Kinship {
  const whole = related(meaningOf(a.name), meaningOf(b.name));
  const own = related(meaningOf(a.name, a.table), meaningOf(b.name, b.table));
  if (own === 'same') return own;
  return WEIGHT[whole] >= WEIGHT.shared || own === 'none' ? whole : 'shared';
}

function related(a: ReadonlySet<string>, b: ReadonlySet<string>): Kinship {
  const common = [...a].filter((concept) => b.has(concept));
  if (common.length === 0) return 'none';
  if (common.length === a.size && common.length === b.size) return 'same';
  // An id alone is an id of anything.
  const isTelling = common.some((concept) => concept !== 'id');
  if (!isTelling) return 'none';
  return common.length === Math.min(a.size, b.size) ? 'within' : 'shared';
}

const WEIGHT: Readonly<Record<Kinship, number>> = { same: 1, within: 0.8, shared: 0.3, none: 0 };

export function weightOf(relation: Kinship): number {
  return WEIGHT[relation];
}

/** Whether names say that two columns hold the same. */
export function isAlike(relation: Kinship): boolean {
  return relation === 'same' || relation === 'within';
}
