import type { RowPair } from './matched-rows.js';
import type { ColumnProfile } from './profile.js';

/** By which factor the numbers of two columns differ. */
export interface Ratio {
  /** The right one's number for 1 of the left one's: the median of all pairs. */
  readonly factor: number;
  /** The share of pairs that have this ratio, up to rounding. */
  readonly share: number;
  /** Pairs in which both are numbers other than 0. */
  readonly pairs: number;
  /** The share of pairs in which both add up to one whole: then one is the other's opposite. */
  readonly opposite: number;
}

/** Units of measures, money, time and memory. */
const FACTORS = [
  1, 10, 12, 24, 60, 100, 1_000, 1_024, 3_600, 10_000, 86_400, 1_000_000, 2.54, 0.45359237, 1.609344,
];
const LEAST = 5;
/** Of a number that was rounded on its way. */
const TOLERANCE = 0.02;

/** Compares two columns of numbers; null for others. */
export function ratioOf(left: ColumnProfile, right: ColumnProfile, pairs: readonly RowPair[]): Ratio | null {
  const isNumber = ({ form }: ColumnProfile) => form === 'whole' || form === 'decimal';
  if (!isNumber(left) || !isNumber(right)) return null;
  const numbers = pairs.flatMap((pair): [number, number][] => {
    const [a, b] = [pair.left.get(left.name), pair.right.get(right.name)];
    if (a == null || b == null || a.trim() === '' || b.trim() === '') return [];
    const found: [number, number] = [Number(a), Number(b)];
    return found.every((one) => Number.isFinite(one)) ? [found] : [];
  });
  const nonZero = numbers.filter(([a, b]) => a !== 0 && b !== 0);
  if (nonZero.length < LEAST) return null;
  const ratios = nonZero.map(([a, b]) => b / a).sort((a, b) => a - b);
  const median = ratios[Math.floor((ratios.length - 1) / 2)] as number;
  const factor = niceFactor(median);
  // A number without places was rounded on its way.
  const rounding = right.form === 'whole' ? 0.51 : left.form === 'whole' ? 0.51 * factor : 0;
  const fits = nonZero.filter(
    ([a, b]) => Math.abs(b - factor * a) <= Math.max(Math.abs(b) * TOLERANCE, rounding),
  );
  const opposites = numbers.filter(([a, b]) => Math.abs(a / wholeOf(left) + b / wholeOf(right) - 1) <= 0.01);
  return {
    factor,
    share: fits.length / nonZero.length,
    pairs: nonZero.length,
    opposite: opposites.length / numbers.length,
  };
}

/** What a number of this column is a part of, if it is a part of anything. */
function wholeOf({ range }: ColumnProfile): number {
  return (range?.most ?? 0) > 1.5 ? 100 : 1;
}

/** The factor that is meant where it is nearly one of those that are usual. */
function niceFactor(ratio: number): number {
  for (const factor of FACTORS)
    for (const usual of [factor, 1 / factor]) if (Math.abs(ratio / usual - 1) < 0.005) return usual;
  return Number(ratio.toPrecision(6));
}

/** A factor as a decimal number, where it has an end. */
export function factorText(factor: number): string {
  return Number(factor.toPrecision(12))
    .toFixed(12)
    .replace(/\.?0+$/, '');
}
