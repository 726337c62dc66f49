import { percent } from '../format/format.js';
import { type Agreement, LEAST_PAIRS } from './agreement.js';
import { isAlike, type Kinship, kinship, meaningOf, weightOf, wordsOf } from './names.js';
import { isTenant } from './parted.js';
import type { ColumnProfile } from './profile.js';

/** Two columns that may become one. */
export interface SharedPair {
  readonly left: ColumnProfile;
  readonly right: ColumnProfile;
  readonly agreement: Agreement;
  readonly kinship: Kinship;
  readonly sure: boolean;
  /** What speaks for it, or against, in a few words. */
  readonly why: string;
  readonly score: number;
}

const AGREES = 0.2;
const MANY_PAIRS = 20;
const AGREES_WITHOUT_NAMES = 0.6;
/** Words for what a table has counted for itself. */
const COUNTS: ReadonlySet<string> = new Set(['count', 'cnt', 'total', 'sum', 'quantity', 'amounts']);

/** Whether two columns hold the same thing, by their names and by how their values agree; null where nothing says so. */
export function judgePair(agreement: Agreement): SharedPair | null {
  const { left, right, both, equal, support, ratio, words } = agreement;
  const relation = kinship(left, right);
  const alike = isAlike(relation) || (isTenant(left) && isTenant(right));
  const pair = { left, right, agreement, kinship: relation };
  const hasEvidence = both >= LEAST_PAIRS;
  const agreed = `${percent(equal, both)} equal of ${both} pairs`;
  const score = weightOf(relation) + support;
  if (hasEvidence && support >= AGREES && alike) {
    if (isOwnCount(left) || isOwnCount(right))
      return { ...pair, sure: false, why: `${agreed}; counts may be each table's own`, score };
    return { ...pair, sure: true, why: agreed, score };
  }
  if (hasEvidence && support >= AGREES_WITHOUT_NAMES && !isTrivial(agreement))
    return { ...pair, sure: false, why: `${agreed}; the names do not say so`, score: score - 0.5 };
  const isScaled = ratio !== null && ratio.factor !== 1 && ratio.pairs >= LEAST_PAIRS;
  if (isScaled && relation !== 'none' && ratio.share >= 0.4) {
    const why = `x ${ratio.factor} in ${percent(ratio.share, 1)} of ${ratio.pairs} pairs`;
    return { ...pair, sure: alike && ratio.share >= 0.7, why, score: weightOf(relation) + ratio.share };
  }
  if (isScaled && relation !== 'none' && ratio.opposite >= 0.7)
    return {
      ...pair,
      sure: false,
      why: `each the opposite of the other in ${percent(ratio.opposite, 1)} of pairs`,
      score,
    };
  const isConstant = isScaled && ratio.share >= 0.9 && ratio.pairs >= MANY_PAIRS && !isTrivial(agreement);
  if (isConstant) {
    const why = `x ${ratio.factor} in ${percent(ratio.share, 1)} of ${ratio.pairs} pairs; the names do not say so`;
    return { ...pair, sure: false, why, score: ratio.share - 0.5 };
  }
  const isWordForWord = words !== null && words.pairs >= MANY_PAIRS && words.information >= 0.9;
  if (!alike && isWordForWord && !isTrivial(agreement)) {
    const why = `the words go together in ${words.pairs} pairs; the names do not say so`;
    return { ...pair, sure: false, why, score: words.information - 0.7 };
  }
  if (!alike) return null;
  if (words !== null && words.pairs >= 2 * LEAST_PAIRS && words.information >= 0.5) {
    const why = `the words go together in ${words.pairs} pairs${words.same < 0.5 ? ', the same ones do not' : ''}`;
    return { ...pair, sure: words.same >= 0.5, why, score: weightOf(relation) + words.information };
  }
  const why = hasEvidence ? `the names are alike, but ${agreed}` : `by name: only ${both} pairs have both`;
  return { ...pair, sure: false, why, score: score - 0.3 };
}

/** What is nearly always the same, or is one of very few values, agrees without meaning anything. */
function isTrivial({ chance, left, right }: Agreement): boolean {
  return chance > 0.4 || left.distinct < 3 || right.distinct < 3;
}

/** A number of things that a table counts for itself: `core_function_count`. */
function isOwnCount({ name, table, form }: ColumnProfile): boolean {
  if (form !== 'whole') return false;
  const concepts = [...meaningOf(name, table), ...wordsOf(name)];
  return concepts.some((word) => COUNTS.has(word)) || /^(?:num|number_of|n)_/.test(name);
}
