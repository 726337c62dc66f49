import { conceptsOf } from './concepts.js';
import { wordsOf } from './names.js';

const RESERVED: ReadonlySet<string> = new Set(
  'd defineConfig abstract arguments as async await boolean break case catch class const continue debugger default delete do else enum eval export extends false finally for from function get if implements import in instanceof interface let new null number object of package private protected public return set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield'.split(
    ' ',
  ),
);

/** Names of variables in one file, each given once. */
export class Variables {
  readonly #taken = new Set<string>();

  /** A name made of some words that nobody has yet. */
  give(...words: readonly string[]): string {
    const joined = camel(words.flatMap(wordsOf));
    const name = /^[\p{ID_Start}$_]/u.test(joined) ? joined : `t${joined}`;
    let free = RESERVED.has(name) ? `${name}Table` : name;
    for (let at = 2; this.#taken.has(free); at += 1) free = `${name}${at}`;
    this.#taken.add(free);
    return free;
  }
}

function camel(words: readonly string[]): string {
  return words.map((word, at) => (at === 0 ? word : capital(word))).join('');
}

/** `ShopCustomers` for `shop_customers`. */
export function typeName(table: string, variables: Variables): string {
  return variables.give(`row ${table}`).replace(/^row/, '');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** What the things of some tables are called: the word that most of their names have, the last one of the first table's. */
export function thingOf(tables: readonly string[]): string {
  const all = tables.map(wordsOf);
  const shared = (word: string) =>
    Math.max(
      ...conceptsOf(word).map(
        (concept) => all.filter((words) => words.some((other) => conceptsOf(other).includes(concept))).length,
      ),
    );
  const [best = ''] = all.flatMap((words) => [...words].reverse()).sort((a, b) => shared(b) - shared(a));
  const name = best.replace(/[^a-z0-9_]/g, '').slice(0, 40);
  return /^[a-z]/.test(name) ? name : 'things';
}

/** What a table's own columns begin with: the first word that no other table's name has, or the whole name. */
export function prefixesOf(
  tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[],
): string[] {
  const short = tables.map(({ name }) => {
    const others = tables.filter((other) => other.name !== name).flatMap((other) => wordsOf(other.name));
    return wordsOf(name).find((word) => !others.includes(word)) ?? name;
  });
  const names = tables.flatMap(({ columns }, at) => columns.map(({ name }) => `${short[at]}_${name}`));
  const isUnique = new Set(names).size === names.length && new Set(short).size === short.length;
  return isUnique ? short : tables.map(({ name }) => name);
}
