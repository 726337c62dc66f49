import { literal } from '../db/identifier.js';

/**
 * A half-open range of merge keys `[from, to)`; a null end is open. Keys are uuids in lower-case text:
 * they have one order in every collation, in SQL and in JavaScript. Immutable; narrowed by copies.
 */
export class KeyRange {
  constructor(
    readonly from: string | null,
    readonly to: string | null,
  ) {}

  static readonly ALL = new KeyRange(null, null);

  contains(key: string): boolean {
    return (this.from === null || key >= this.from) && (this.to === null || key < this.to);
  }

  get isEmpty(): boolean {
    return this.from !== null && this.to !== null && this.from >= this.to;
  }

  /** What both ranges cover. */
  intersect(other: KeyRange): KeyRange {
    const from =
      this.from === null || (other.from !== null && other.from > this.from) ? other.from : this.from;
    const to = this.to === null || (other.to !== null && other.to < this.to) ? other.to : this.to;
    return new KeyRange(from, to);
  }

  /** From this range's beginning to the other one's end. */
  spanTo(last: KeyRange): KeyRange {
    return new KeyRange(this.from, last.to);
  }

  /** A condition on an expression of type uuid; or on the text of one, in lower case and the collation C: it sorts alike. */
  condition(key: string, type: 'uuid' | 'text' = 'uuid'): string {
    const parts = [];
    if (this.from !== null) parts.push(`${key} >= ${literal(this.from)}::${type}`);
    if (this.to !== null) parts.push(`${key} < ${literal(this.to)}::${type}`);
    return parts.length === 0 ? 'true' : parts.join(' and ');
  }

  toString(): string {
    return `[${this.from ?? '-∞'}, ${this.to ?? '∞'})`;
  }
}

/** Tiles the whole key space at the bounds: no gap, no overlap, first and last open-ended. */
export function tile(bounds: readonly string[]): KeyRange[] {
  const ends = [null, ...[...new Set(bounds)].sort(), null];
  return ends.slice(1).map((to, index) => new KeyRange(ends[index] ?? null, to));
}

/** The key right behind a key; null behind the last one. */
export function successor(key: string): string | null {
  const next = (BigInt(`0x${key.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  if (next.length > 32) return null;
  return [next.slice(0, 8), next.slice(8, 12), next.slice(12, 16), next.slice(16, 20), next.slice(20)].join(
    '-',
  );
}
