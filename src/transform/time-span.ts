import { LENGTH_BYTES, type Memory, memoryOf } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { Row } from './row.js';
import { compareTimesAt, MOMENT_BYTES } from './timestamps.js';

/** Which of two moments is wanted. */
type Wanted = 'earliest' | 'latest';

/** A moment where it lies in a row. Its memory is named apart: the row may be read into another one's place. */
interface Moment {
  bytes: Buffer;
  view: DataView;
  /** -1 where there is none. */
  at: number;
}

/** Where the earliest or latest of a row's times begins; -1 where it has none. */
export function timeIn({ view, places }: Row, fields: readonly number[], wanted: Wanted): number {
  let found = -1;
  for (let index = 0; index < fields.length; index += 1) {
    const at = places[fields[index] as number] as number;
    if (view.getInt32(at) < 0) continue;
    const value = at + LENGTH_BYTES;
    if (found < 0 || precedes(view, value, view, found, wanted)) found = value;
  }
  return found;
}

/**
 * When a record was made and last updated, the earliest and the latest of its rows: what a contest finds, where
 * there is none because nothing has to be decided.
 */
export class TimeSpan {
  readonly #created: Moment = { ...NOWHERE, at: -1 };
  readonly #updated: Moment = { ...NOWHERE, at: -1 };
  readonly #creationUpdates: boolean;

  /** @param creationUpdates whether what was made was updated at that time, too */
  constructor(creationUpdates = true) {
    this.#creationUpdates = creationUpdates;
  }

  clear(): void {
    this.#created.at = -1;
    this.#updated.at = -1;
  }

  /** Adds the times of a row; -1 for none. */
  enter(row: Memory, created: number, updated: number): void {
    enter(this.#created, row, created, 'earliest');
    if (this.#creationUpdates) enter(this.#updated, row, created, 'latest');
    enter(this.#updated, row, updated, 'latest');
  }

  /** Adds times that are values; NULL for none. */
  enterValues(created: string, updated: string): void {
    if (created !== NULL) this.enter(memoryOf(Buffer.from(created, 'latin1')), 0, -1);
    if (updated !== NULL) this.enter(memoryOf(Buffer.from(updated, 'latin1')), -1, 0);
  }

  get created(): string {
    return momentOf(this.#created);
  }

  get updated(): string {
    return momentOf(this.#updated);
  }
}

const NOWHERE = memoryOf(Buffer.alloc(0));

function enter(moment: Moment, row: Memory, at: number, wanted: Wanted): void {
  if (at < 0 || (moment.at >= 0 && !precedes(row.view, at, moment.view, moment.at, wanted))) return;
  moment.bytes = row.bytes;
  moment.view = row.view;
  moment.at = at;
}

function precedes(a: DataView, at: number, b: DataView, other: number, wanted: Wanted): boolean {
  const order = compareTimesAt(a, at, b, other);
  return wanted === 'earliest' ? order < 0 : order > 0;
}

function momentOf({ bytes, at }: Moment): string {
  return at < 0 ? NULL : bytes.toString('latin1', at, at + MOMENT_BYTES);
}
