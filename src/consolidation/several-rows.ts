import { memoryOf, type RowBytes } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { Group, Output } from '../mapping/merger.js';
import { Contest } from '../transform/dedupe.js';
import type { RowBuilder } from '../transform/output.js';
import { MOST_KEPT, type RawRows, type Row, type RowSet } from '../transform/row.js';
import { earlier, later } from '../transform/timestamps.js';
import { fill } from './filling.js';
import type { GoldenRecord } from './golden-record.js';
import type { Side } from './sides.js';
import type { Moments } from './times.js';
import type { Versioned } from './winner.js';

/** Things that are put together at a time: where a veto keeps rows apart, one key may have as many things as rows. */
const MOST_THINGS = 256;

interface Entry extends Versioned {
  row: Row;
}

/** Rows that are one and the same thing: the contest of each source that has some, and the times of all of them. */
interface Thing {
  readonly contests: (Contest<Entry> | null)[];
  /** For each of the fillers the best row that has a value for it. */
  readonly filling: (Entry | null)[];
  readonly moments: { -readonly [Name in keyof Moments]: string };
  /** What another consolidation made that they are about. */
  thing: string;
}

/** The rows of each source, and which of some things a row belongs to; to none where it is the turn of others. */
interface Pass {
  readonly sets: readonly RowSet[];
  thingOf(side: Side, row: Row): Thing | undefined;
}

/**
 * Merges the rows of one key, however many, in several passes over them: which things they are; who wins, of which
 * only the best rows so far are kept; and what is folded. So a hundred thousand rows of one key need no more memory than
 * a few things.
 */
export class SeveralRows {
  readonly #sides: readonly Side[];
  readonly #golden: GoldenRecord;
  readonly #builder: RowBuilder;

  constructor(sides: readonly Side[], { golden, builder }: { golden: GoldenRecord; builder: RowBuilder }) {
    this.#sides = sides;
    this.#golden = golden;
    this.#builder = builder;
  }

  merge(group: Group, output: Output): void {
    const sets = this.#sides.map((side) => side.rows.readAll(group.rows[side.index] ?? NO_ROWS));
    const names = namesOf(this.#sides, sets);
    for (let from = 0; from < names.length; from += MOST_THINGS) {
      const things = new Map(names.slice(from, from + MOST_THINGS).map((name) => [name, this.#newThing()]));
      const only = names.length === 1 ? things.get(names[0] as string) : undefined;
      const pass: Pass = {
        sets,
        thingOf: only === undefined ? (side, row) => things.get(side.field('veto', row)) : () => only,
      };
      for (const side of this.#sides) this.#contest(side, pass);
      for (const thing of things.values()) {
        const rows = winnersOf(thing);
        const filling = thing.filling.map((entry) => entry?.row ?? null);
        const found = { key: group.key, ...thing.moments, thing: thing.thing, filling };
        this.#golden.write(this.#builder.begin(), found, rows);
        output.unified(this.#builder.finish(rows));
      }
      for (const side of this.#sides) this.#fold(side, pass, group.key, output);
    }
  }

  #newThing(): Thing {
    return {
      contests: this.#sides.map(() => null),
      filling: this.#golden.fillers.map(() => null),
      moments: { created: NULL, updated: NULL, touched: NULL },
      thing: NULL,
    };
  }

  #contest(side: Side, { sets, thingOf }: Pass): void {
    const rows = sets[side.index] as RowSet;
    for (const row of rows) {
      const thing = thingOf(side, row);
      if (thing === undefined) continue;
      const { created, updated, values, identity, version } = side.standing(row, rows.count > 1);
      const entry: Entry = { created, updated, values, identity, version, row };
      const { moments } = thing;
      moments.created = earlier(moments.created, created);
      moments.updated = later(moments.updated, updated);
      moments.touched = later(moments.touched, later(updated, created));
      if (thing.thing === NULL) thing.thing = side.field('thing', row);
      const contest = thing.contests[side.index];
      if (contest == null) thing.contests[side.index] = new Contest(entry, side.order);
      else contest.enter(entry);
      const fills = fill(this.#golden.fillers, thing.filling, side, entry);
      // A row holds on to all the memory that it lies in.
      if (rows.count > MOST_KEPT && (fills || thing.contests[side.index]?.best === entry))
        entry.row = side.rows.read(copyOf(row));
    }
  }

  #fold(side: Side, { sets, thingOf }: Pass, key: string, output: Output): void {
    for (const row of sets[side.index] as RowSet) {
      const thing = thingOf(side, row);
      if (thing === undefined) continue;
      const won = thing.contests[side.index]?.claim(side.identity(row)) === true;
      output.book(side.index, won ? 'primary' : 'folded');
      if (!won) {
        const id = this.#golden.idOf(winnersOf(thing), key);
        output.folded(this.#builder.folded(side.index, id, key, row));
      }
    }
  }
}

const NO_ROWS: RawRows = { count: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

/**
 * What the things of a key are told apart by, in their order: one name for all rows, unless a veto says two things of
 * them. Then those of which it says nothing are a thing of their own.
 */
function namesOf(sides: readonly Side[], sets: readonly RowSet[]): string[] {
  const names = new Set<string>();
  for (const side of sides) for (const row of sets[side.index] as RowSet) names.add(side.field('veto', row));
  const hasOthers = names.delete(NULL);
  if (names.size <= 1) return [NULL];
  return [...[...names].sort(), ...(hasOthers ? [NULL] : [])];
}

function winnersOf({ contests }: Thing): (Row | null)[] {
  return contests.map((contest) => contest?.best.row ?? null);
}

function copyOf({ bytes, start, end }: RowBytes): RowBytes {
  return { ...memoryOf(Buffer.from(bytes.subarray(start, end))), start: 0, end: end - start };
}
