import { memoryOf, type RowBytes } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { Group, Output } from '../mapping/merger.js';
import { Contest, type Standing } from '../transform/dedupe.js';
import type { RowBuilder } from '../transform/output.js';
import { MOST_KEPT, type RawRows, type Row, type RowSet } from '../transform/row.js';
import { earlier, later } from '../transform/timestamps.js';
import { type GoldenRecord, idOf } from './golden-record.js';
import { type Side, vetoOf } from './sides.js';

/** Things that are put together at a time: where a veto keeps rows apart, one key may have as many things as rows. */
const MOST_THINGS = 256;

interface Entry extends Standing {
  row: Row;
}

/** Rows that are one and the same thing: the contest of each source that has some, and the times of all of them. */
interface Thing {
  readonly contests: (Contest<Entry> | null)[];
  /** For each of the fillers the best row that has a value for it. */
  readonly filling: (Entry | null)[];
  created: string;
  updated: string;
}

/** The rows of each source, and which of some things a row belongs to; to none where it is the turn of others. */
interface Pass {
  readonly sets: readonly RowSet[];
  thingOf(row: Row): Thing | undefined;
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

  constructor(sides: readonly Side[], golden: GoldenRecord, builder: RowBuilder) {
    this.#sides = sides;
    this.#golden = golden;
    this.#builder = builder;
  }

  merge(group: Group, output: Output): void {
    const sets = this.#sides.map((side) => side.rows.readAll(group.rows[side.index] ?? NO_ROWS));
    const names = namesOf(sets);
    for (let from = 0; from < names.length; from += MOST_THINGS) {
      const things = new Map(names.slice(from, from + MOST_THINGS).map((name) => [name, this.#newThing()]));
      const only = names.length === 1 ? things.get(names[0] as string) : undefined;
      const pass: Pass = {
        sets,
        thingOf: only === undefined ? (row) => things.get(vetoOf(row)) : () => only,
      };
      for (const side of this.#sides) this.#contest(side, pass);
      for (const thing of things.values()) {
        const { created, updated } = thing;
        const rows = winnersOf(thing);
        const filling = thing.filling.map((entry) => entry?.row ?? null);
        this.#golden.write(this.#builder.begin(), { key: group.key, created, updated, filling }, rows);
        output.unified(this.#builder.finish(rows));
      }
      for (const side of this.#sides) this.#fold(side, pass, group.key, output);
    }
  }

  #newThing(): Thing {
    return {
      contests: this.#sides.map(() => null),
      filling: this.#golden.fillers.map(() => null),
      created: NULL,
      updated: NULL,
    };
  }

  #contest(side: Side, { sets, thingOf }: Pass): void {
    const rows = sets[side.index] as RowSet;
    for (const row of rows) {
      const thing = thingOf(row);
      if (thing === undefined) continue;
      const { created, updated, values, identity } = side.standing(row, rows.count > 1);
      const entry: Entry = { created, updated, values, identity, row };
      thing.created = earlier(thing.created, created);
      thing.updated = later(thing.updated, updated);
      const contest = thing.contests[side.index];
      if (contest == null) thing.contests[side.index] = new Contest(entry, side.order);
      else contest.enter(entry);
      const fills = this.#fill(side, thing, entry);
      // A row holds on to all the memory that it lies in.
      if (rows.count > MOST_KEPT && (fills || thing.contests[side.index]?.best === entry))
        entry.row = side.rows.read(copyOf(row));
    }
  }

  /** Whether the row is the best so far that has a value for one of the fillers. */
  #fill(side: Side, thing: Thing, entry: Entry): boolean {
    let fills = false;
    for (const [at, filler] of this.#golden.fillers.entries()) {
      if (filler.source !== side.index) continue;
      const best = thing.filling[at] ?? null;
      if ((best !== null && side.order(best, entry) <= 0) || !filler.look(entry.row)) continue;
      thing.filling[at] = entry;
      fills = true;
    }
    return fills;
  }

  #fold(side: Side, { sets, thingOf }: Pass, key: string, output: Output): void {
    for (const row of sets[side.index] as RowSet) {
      const thing = thingOf(row);
      if (thing === undefined) continue;
      const won = thing.contests[side.index]?.claim(side.identity(row)) === true;
      output.book(side.index, won ? 'primary' : 'folded');
      if (!won) output.folded(this.#builder.folded(side.index, idOf(winnersOf(thing)), key, row));
    }
  }
}

const NO_ROWS: RawRows = { count: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

/**
 * What the things of a key are told apart by, in their order: one name for all rows, unless a veto says two things of
 * them. Then those of which it says nothing are a thing of their own.
 */
function namesOf(sets: readonly RowSet[]): string[] {
  const names = new Set<string>();
  for (const rows of sets) for (const row of rows) names.add(vetoOf(row));
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
