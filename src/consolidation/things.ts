import { NULL } from '../copy-binary/values.js';
import { Contest, compareText } from '../transform/dedupe.js';
import { foldText } from '../transform/fingerprint.js';
import type { Row } from '../transform/row.js';
import { compareTimes, earlier, later } from '../transform/timestamps.js';
import type { Moments } from './times.js';
import type { Versioned } from './winner.js';

/** A contest that keeps the winner's row. */
export interface Entry extends Versioned {
  readonly row: Row;
}

/** One of the things of a key: the rows of the source that tells them apart (or none), and those that belong to them. */
export interface Thing {
  /** The contest of the rows that tell it; null when there are none. */
  readonly contest: Contest<Versioned> | null;
  /** Its name, folded. */
  readonly name: string;
  /** The contests of the other sources, by their indexes. */
  readonly others: (Contest<Entry> | null)[];
}

/** The earliest and the latest time of all rows of a thing. */
export function timesOf({ contest, others }: Thing): Moments {
  let created = contest?.created ?? NULL;
  let touched = contest?.updated ?? NULL;
  for (const other of others) {
    created = earlier(created, other?.created ?? NULL);
    touched = later(touched, other?.updated ?? NULL);
  }
  return { created, updated: NULL, touched };
}

/** The things of one key, and which of them another source's row belongs to. */
export class Things {
  readonly #byFingerprint = new Map<string, Thing>();
  /** Only where rows name a row by its identity. */
  #byIdentity: Map<string, Thing> | undefined;
  #earliest: Thing | undefined;
  /** The thing that all rows of a source belong to, by its index, where they do not name one each. */
  readonly ofSource: (Thing | null)[] = [];
  /** Only where a key has a few rows: they stay at hand, and their fingerprints need not be made again. */
  #byRow: Map<Row, Thing> | undefined;

  /** Books a row under its fingerprint. */
  enter(
    fingerprint: string,
    name: string,
    standing: Versioned,
    order: (a: Versioned, b: Versioned) => number,
  ): Thing {
    let thing = this.#byFingerprint.get(fingerprint);
    if (thing === undefined) {
      thing = { contest: new Contest(standing, order), name: foldText(name), others: [] };
      this.#byFingerprint.set(fingerprint, thing);
    } else thing.contest?.enter(standing);
    this.#earliest = undefined;
    return thing;
  }

  remember(row: Row, thing: Thing): void {
    this.#byRow ??= new Map();
    this.#byRow.set(row, thing);
  }

  remembered(row: Row): Thing | undefined {
    return this.#byRow?.get(row);
  }

  /** Remembers which thing a row's identity stands for. */
  point(identity: string, thing: Thing): void {
    this.#byIdentity ??= new Map();
    this.#byIdentity.set(identity, thing);
  }

  of(fingerprint: string): Thing {
    const thing = this.#byFingerprint.get(fingerprint);
    if (thing === undefined) throw new Error('a row changed between two passes over it');
    return thing;
  }

  /** The first one; a bare one, without a row that tells it, when there are none. */
  get earliest(): Thing {
    if (this.#byFingerprint.size === 0) this.#byFingerprint.set('', { contest: null, name: '', others: [] });
    this.#earliest ??= [...this.#byFingerprint.values()].reduce((a, b) =>
      comparePrecedence(a, b) <= 0 ? a : b,
    );
    return this.#earliest;
  }

  /** The thing of this name, the earliest of them; without one the earliest of all. */
  named(name: string): Thing {
    if (this.#byFingerprint.size <= 1 || name === NULL) return this.earliest;
    const folded = foldText(name);
    const same = [...this.#byFingerprint.values()].filter((thing) => thing.name === folded);
    return folded === '' || same.length === 0
      ? this.earliest
      : same.reduce((a, b) => (comparePrecedence(a, b) <= 0 ? a : b));
  }

  /** The thing that an identity stands for; without one the earliest of all. */
  pointedAt(identity: string): Thing {
    return this.#byIdentity?.get(identity) ?? this.earliest;
  }
}

/** Earlier creation first, rows without a time last; then the smaller identity. */
function comparePrecedence(a: Thing, b: Thing): number {
  return (
    compareEarliestFirst(a.contest?.created ?? NULL, b.contest?.created ?? NULL) ||
    compareText(a.contest?.best.identity ?? '', b.contest?.best.identity ?? '')
  );
}

function compareEarliestFirst(a: string, b: string): number {
  if (a === NULL || b === NULL) return Number(a === NULL) - Number(b === NULL);
  return compareTimes(a, b);
}
