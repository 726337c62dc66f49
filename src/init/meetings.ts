import { mayMeet } from './forms.js';
import type { ColumnProfile } from './profile.js';
import type { ValueSample } from './value-sample.js';

/** Two columns of two tables that have values in common. */
export interface Meeting {
  readonly left: ValueSample;
  readonly right: ValueSample;
  /** Folded values of both, of those sampled. */
  readonly common: number;
  /** Those that are spelled alike in both. */
  readonly alike: number;
  /** The share of each side's values that the other has. */
  readonly leftShare: number;
  readonly rightShare: number;
  /** Hashes of common values, in order. */
  readonly hashes: readonly bigint[];
}

/** Fewer common values than this are chance. */
const LEAST_COMMON = 3;
const LEAST_SHARE = 0.02;

/** Which columns of different tables have values in common, by their samples. */
export function findMeetings(samples: readonly ValueSample[]): Meeting[] {
  const common = new Map<number, bigint[]>();
  for (const [hash, columns] of columnsByHash(samples))
    for (const [at, i] of columns.entries())
      for (const j of columns.slice(at + 1)) {
        const [left, right] = [samples[i] as ValueSample, samples[j] as ValueSample];
        if (left.column.table === right.column.table) continue;
        if (hash > left.bound || hash > right.bound) continue;
        if (!mayMeet(left.column.form, right.column.form)) continue;
        const pair = i * samples.length + j;
        const known = common.get(pair);
        if (known === undefined) common.set(pair, [hash]);
        else known.push(hash);
      }
  return [...common]
    .sort(([a], [b]) => a - b)
    .flatMap(([pair, hashes]) => {
      const left = samples[Math.floor(pair / samples.length)] as ValueSample;
      const right = samples[pair % samples.length] as ValueSample;
      const meeting = meetingOf(left, right, hashes.sort(byValue));
      return meeting === null ? [] : [meeting];
    });
}

function columnsByHash(samples: readonly ValueSample[]): ReadonlyMap<bigint, readonly number[]> {
  const byHash = new Map<bigint, number[]>();
  for (const [at, { values }] of samples.entries())
    for (const hash of values.keys()) {
      const known = byHash.get(hash);
      if (known === undefined) byHash.set(hash, [at]);
      else known.push(at);
    }
  return byHash;
}

function meetingOf(left: ValueSample, right: ValueSample, hashes: readonly bigint[]): Meeting | null {
  const bound = left.bound < right.bound ? left.bound : right.bound;
  const within = ({ values }: ValueSample) => [...values.keys()].filter((hash) => hash <= bound).length;
  const share = (of: ValueSample, other: ValueSample) =>
    Math.min(1, hashes.length / Math.max(1, within(of)) / other.part);
  const [leftShare, rightShare] = [share(left, right), share(right, left)];
  if (hashes.length < LEAST_COMMON || Math.max(leftShare, rightShare) < LEAST_SHARE) return null;
  const alike = hashes.filter((hash) => left.values.get(hash)?.raw === right.values.get(hash)?.raw).length;
  return { left, right, common: hashes.length, alike, leftShare, rightShare, hashes };
}

function byValue(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whole numbers that are given one after the other: two such columns share values whatever they mean. */
export function isCounted({ column, distinct }: ValueSample): boolean {
  const { range, form }: ColumnProfile = column;
  if (form !== 'whole' || range === null || range.least < 0) return false;
  return range.most - Math.min(range.least, 1) + 1 <= 4 * Math.max(distinct, 1);
}
