import { literal } from '../../db/identifier.js';

/** SQL over the ways in which a row of a crosswalk is named by its alias: bare, or behind a prefix. Arguments are SQL expressions. */
export interface Spellings {
  /** The alias without its prefixes. */
  bare(raw: string): string;
  /**
   * A query for all raw ids whose bare id is one that a query gives: bare, and with each prefix. It gives some that have
   * another bare id as well: 'x_1' for 'x_1', which only the prefixed ones are spellings of.
   */
  every(bareIds: string): string;
}

export function spellingsOf(prefixes: readonly string[]): Spellings {
  return {
    bare(raw) {
      if (prefixes.length === 0) return raw;
      const cases = prefixes.map(
        (prefix) =>
          `when starts_with(${raw}, ${literal(prefix)}) then substr(${raw}, ${[...prefix].length + 1})`,
      );
      return `(case ${cases.join(' ')} else ${raw} end)`;
    },
    every(bareIds) {
      const all = ['', ...prefixes].map((prefix) => `(${literal(prefix)})`);
      return `select p.prefix || x.rid from (${bareIds}) x(rid) cross join (values ${all.join(', ')}) p(prefix)`;
    },
  };
}
