import { decode, encode, NULL } from '../../copy-binary/values.js';
import { literal } from '../../db/identifier.js';
import { firstWords, firstWordsSql } from '../../mapping/first-words.js';

/**
 * The title of an opportunity that no source gives one: its submission's, else the app's name, else the first words of the
 * problem. In TypeScript for a merge and in SQL for a direct write; of several sources the first that has a value counts.
 */

const TITLE_LENGTH = 80;
const UNTITLED = 'Untitled opportunity';

/**
 * Values as they are sent; NULL where there is none.
 *
 * @param of the app names and the problems of the sources; made only when they are asked for
 */
export function titleOf(submission: string, of: (what: 'appName' | 'problem') => Iterable<string>): string {
  if (submission !== NULL) return submission;
  for (const name of of('appName')) if (name !== NULL) return name;
  for (const problem of of('problem')) {
    const words = problem === NULL ? '' : firstWords(decode(problem), TITLE_LENGTH);
    if (words !== '') return encode(words);
  }
  return UNTITLED;
}

/** SQL: the same of expressions of type text. */
export function titleSql(
  submission: string,
  appNames: readonly string[],
  problems: readonly string[],
): string {
  const words = problems.map((problem) => `nullif(${firstWordsSql(problem, TITLE_LENGTH)}, '')`);
  return `coalesce(${[submission, ...appNames, ...words, literal(UNTITLED)].join(', ')})`;
}
