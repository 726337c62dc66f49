import { fold } from './folds.js';
import type { Side } from './matched-rows.js';
import { wordsOf } from './names.js';
import { type ColumnProfile, isVocabulary } from './profile.js';

/** What a column of one table says of the rows of another one, whose name says it: `provider` says `github` of `github_logins`. */
export interface ProviderWord {
  readonly column: ColumnProfile;
  /** The other table. */
  readonly table: string;
  /** As it is compared, and as it is spelled most often. */
  readonly folded: string;
  readonly raw: string;
}

/** Finds columns whose words are in the names of other tables. */
export function findProviders(sides: readonly Side[]): ProviderWord[] {
  const found: ProviderWord[] = [];
  for (const { table, columns } of sides)
    for (const column of columns) {
      if (!isVocabulary(column) || column.spellings.size === 0) continue;
      const own = new Set(wordsOf(table.name));
      const words = sides.flatMap((other): ProviderWord[] => {
        if (other.table === table) return [];
        const names = wordsOf(other.table.name).filter((word) => !own.has(word));
        const raw = [...column.spellings.keys()].find((one) => names.includes(fold(one, column.form)));
        return raw === undefined
          ? []
          : [{ column, table: other.table.name, raw: raw.trim(), folded: fold(raw, column.form) }];
      });
      if (new Set(words.map(({ folded }) => folded)).size === words.length) found.push(...words);
    }
  // One table is said by one column.
  return found.filter((one) => found.find(({ table }) => table === one.table) === one);
}
