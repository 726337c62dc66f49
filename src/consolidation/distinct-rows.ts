import { NULL } from '../copy-binary/values.js';
import type { ConsolidationModel } from '../declare/model.js';
import type { Group, Merger, Output } from '../mapping/merger.js';
import { Contest } from '../transform/dedupe.js';
import { fingerprint } from '../transform/fingerprint.js';
import type { RowBuilder } from '../transform/output.js';
import { MOST_KEPT, type Row, type RowSet } from '../transform/row.js';
import type { GoldenRecord } from './golden-record.js';
import { firstOf, type Side } from './sides.js';
import { type Entry, type Thing, Things, timesOf } from './things.js';

/** The source whose rows tell the things of a key apart, and where the texts are that do so. */
export interface Distinct {
  /** Null: it is not in the database. */
  readonly lead: Side | null;
  /** For each text the fields of which the first with a value counts; the first text is a thing's name. */
  readonly texts: readonly (readonly number[])[];
}

/** Null: rows of one key are one thing. */
export function distinctOf(model: ConsolidationModel, sides: readonly Side[]): Distinct | null {
  const source = model.sources.find(({ distinct }) => distinct !== undefined);
  if (source === undefined) return null;
  const lead = sides.find((side) => side.source.rule.table === source.table) ?? null;
  return { lead, texts: (source.distinct ?? []).map((names) => lead?.columns(names) ?? []) };
}

/**
 * Merges the rows of one key, where the texts of one source tell several things apart: its rows with the same texts are folded
 * into one; rows of the other sources attach to the thing that they belong to.
 *
 * Two passes over the rows: the first finds the winners and keeps nothing but their standings, the second writes. So a hundred
 * thousand rows of one key need no more memory than their things.
 */
export class DistinctRows implements Merger {
  readonly #distinct: Distinct;
  readonly #sides: readonly Side[];
  readonly #golden: GoldenRecord;
  readonly #builder: RowBuilder;

  constructor(
    distinct: Distinct,
    sides: readonly Side[],
    { golden, builder }: { readonly golden: GoldenRecord; readonly builder: RowBuilder },
  ) {
    this.#distinct = distinct;
    this.#sides = sides;
    this.#golden = golden;
    this.#builder = builder;
  }

  merge(group: Group, output: Output): void {
    const { lead } = this.#distinct;
    const sets = this.#sides.map((side) => rowsOf(group, side));
    const things = new Things();
    const leading = lead === null ? NO_ROWS : (sets[lead.index] as RowSet);
    const isPointedTo = this.#sides.some((side) => side.points && (sets[side.index]?.count ?? 0) > 0);
    if (lead !== null) this.#findThings(lead, leading, things, isPointedTo);
    for (const side of this.#sides) {
      if (side === lead) continue;
      const rows = sets[side.index] as RowSet;
      if (side.points) attachPointing(side, rows, things);
      else attach(side, rows, things);
    }
    if (leading.count === 0) this.#emit(things.earliest, null, group, output);
    for (const row of leading) {
      if (lead === null) break;
      const thing = things.remembered(row) ?? things.of(this.#fingerprint(leading, row));
      if (this.#settle({ side: lead, row, thing, contest: thing.contest }, group, output))
        this.#emit(thing, row, group, output);
    }
    for (const side of this.#sides) {
      if (side === lead) continue;
      for (const row of sets[side.index] as RowSet) {
        const thing = things.ofSource[side.index] ?? things.pointedAt(side.field('pointed', row));
        this.#settle({ side, row, thing, contest: thing.others[side.index] ?? null }, group, output);
      }
    }
  }

  /** The id of a thing is that of the row that tells it. */
  #idOf({ contest }: Thing, key: string): string {
    return contest?.best.identity ?? this.#golden.idOf([], key);
  }

  #emit(thing: Thing, row: Row | null, { key }: Group, output: Output): void {
    const rows: (Row | null)[] = this.#sides.map((side) =>
      side === this.#distinct.lead ? row : (thing.others[side.index]?.best.row ?? null),
    );
    this.#golden.write(this.#builder.begin(), { key, thing: NULL, ...timesOf(thing) }, rows);
    output.unified(this.#builder.finish(rows));
  }

  /** Books a row as the winner of its contest (true) or as folded. */
  #settle(
    {
      side,
      row,
      thing,
      contest,
    }: {
      readonly side: Side;
      readonly row: Row;
      readonly thing: Thing;
      readonly contest: Pick<Contest, 'claim'> | null;
    },
    { key }: Group,
    output: Output,
  ): boolean {
    const won = contest?.claim(side.identity(row)) === true;
    output.book(side.index, won ? 'primary' : 'folded');
    if (!won) output.folded(this.#builder.folded(side.index, this.#idOf(thing, key), key, row));
    return won;
  }

  /** Only where a key has several rows there is something to tell apart. */
  #fingerprint(rows: RowSet, row: Row): string {
    return rows.count === 1 ? '' : fingerprint(this.#distinct.texts.map((fields) => firstOf(row, fields)));
  }

  /** @param isPointedTo whether rows of another source name these by their identities */
  #findThings(side: Side, rows: RowSet, things: Things, isPointedTo: boolean): void {
    const several = rows.count > 1;
    for (const row of rows) {
      const key = this.#fingerprint(rows, row);
      const standing = side.standing(row, several);
      const name = several ? firstOf(row, this.#distinct.texts[0] ?? []) : '';
      const thing = things.enter(key, name, standing, side.order);
      if (several && rows.count <= MOST_KEPT) things.remember(row, thing);
      if (several && isPointedTo) things.point(standing.identity, thing);
    }
  }
}

const NO_ROWS: RowSet = { count: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

function rowsOf(group: Group, side: Side): RowSet {
  const rows = group.rows[side.index];
  return rows === undefined || rows.count === 0 ? NO_ROWS : side.rows.readAll(rows);
}

function entryOf(side: Side, row: Row, ranked: boolean): Entry {
  // Field by field: a spread costs several times as much, for every row.
  const { created, updated, values, identity, version } = side.standing(row, ranked);
  return { created, updated, values, identity, version, row };
}

/** All rows of one source and key are of one thing; it is the one with the same name. */
function attach(side: Side, rows: RowSet, things: Things): void {
  let contest: Contest<Entry> | null = null;
  for (const row of rows) {
    const entry = entryOf(side, row, rows.count > 1);
    if (contest === null) contest = new Contest(entry, side.order);
    else contest.enter(entry);
  }
  if (contest === null) return;
  const thing = things.named(firstOf(contest.best.row, side.attach));
  thing.others[side.index] = contest;
  things.ofSource[side.index] = thing;
}

/** Rows that name what they belong to: each thing has its own winner. */
function attachPointing(side: Side, rows: RowSet, things: Things): void {
  for (const row of rows) {
    const entry = entryOf(side, row, rows.count > 1);
    const thing = things.pointedAt(side.field('pointed', row));
    const contest = thing.others[side.index];
    if (contest == null) thing.others[side.index] = new Contest(entry, side.order);
    else contest.enter(entry);
  }
}
