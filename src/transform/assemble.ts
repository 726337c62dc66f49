import type { WireType } from '../copy-binary/decode.js';
import { type Encoder, encoderOf, JSONB_VERSION } from '../copy-binary/encode.js';
import { compareMembers } from '../copy-binary/jsonb-order.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';
import type { BoundSource } from '../mapping/bind.js';
import type { BoundColumn, ComputedColumn, Conversion } from '../mapping/mapping.js';
import { givesOf, residueKey } from '../mapping/restore.js';
import { Contributor } from './contributor.js';
import { Residue } from './residue.js';
import type { Row, RowReader } from './row.js';
import { type Choice, Survivors } from './survivorship.js';

/** A golden column, or a member of one. */
interface Part {
  /** What stands before the value of a member of a jsonb column; null for a plain golden column. */
  readonly member: string | null;
  /** In order of precedence. */
  readonly contributors: readonly Contributor[];
  /** Null: the first of them that has a value survives. */
  readonly choose: Choice | null;
}

/** Writes the golden value, as a field, where no source has one; NULL for none. */
export type Fallback = (target: number, rows: readonly (Row | null)[], out: RowWriter) => void;

/** Members of a jsonb value are parts of its text. */
const asText: Encoder = (value, out) => out.text(value);

/**
 * Makes golden values out of the rows of one thing, by survivorship, and the residue that gives back what
 * they cannot.
 */
export class Assembler {
  readonly #targets: readonly (readonly Part[])[];
  readonly #residue = new Residue();
  readonly #survivors: Survivors;

  /**
   * @param targets golden columns, in the order in which `write` writes their values
   * @param updatedAt when a row of a source was changed last; NULL where nothing says so
   */
  constructor(
    sources: readonly BoundSource[],
    readers: readonly RowReader[],
    targets: readonly ComputedColumn[],
    updatedAt: (source: number, row: Row) => string = () => NULL,
  ) {
    this.#survivors = new Survivors(updatedAt);
    this.#targets = targets.map((target) => {
      const parts = new Map<string | null, Contributor[]>();
      for (const { source, column, gives, keepsOwn } of giversOf(target, sources)) {
        const { member } = gives;
        const list = parts.get(member) ?? [];
        list.push(
          new Contributor({
            source,
            field: readers[source]?.indexOf(column.name) ?? -1,
            type: column.type,
            label: residueKey((sources[source] as BoundSource).rule, column.name),
            conversion: gives.conversion,
            encode: member === null ? encoderOf(target.ddl) : asText,
            framed: member === null,
            keepsOwn,
            fieldOf: (name) => readers[source]?.indexOf(name) ?? -1,
          }),
        );
        parts.set(member, list);
      }
      return [...parts]
        .sort(([member], [other]) => compareMembers(member ?? '', other ?? ''))
        .map(([member, contributors]) => ({
          member: member === null ? null : `${JSON.stringify(member)}: `,
          contributors,
          choose: this.#survivors.choiceOf(target.survivorship, contributors),
        }));
    });
  }

  /**
   * Writes the golden values, each as a field.
   *
   * @param rows the row of each source, or null
   * @param filling for each of `fillers` the first row that it has a value for, where that may be another one
   */
  write(
    rows: readonly (Row | null)[],
    fallback: Fallback,
    out: RowWriter,
    filling: readonly (Row | null)[] = [],
  ): void {
    this.#residue.clear();
    this.#survivors.begin(rows, filling);
    for (let target = 0; target < this.#targets.length; target += 1) {
      const parts = this.#targets[target] as readonly Part[];
      const first = parts[0];
      if (first === undefined) fallback(target, rows, out);
      else if (first.member === null) this.#settle(first, rows, out, fallback, target);
      else this.#members(parts, rows, out);
    }
  }

  /** Legacy columns whose values are taken from any row of their source. */
  get fillers(): readonly Contributor[] {
    return this.#survivors.fillers;
  }

  /** Writes the residue of the golden values that were written last, as a field of type jsonb. */
  writeResidue(out: RowWriter): void {
    this.#residue.write(out);
  }

  #members(parts: readonly Part[], rows: readonly (Row | null)[], out: RowWriter): void {
    const place = out.open();
    out.text(JSONB_VERSION);
    const first = out.end;
    for (const part of parts) {
      const before = out.end;
      out.text(before === first ? '{' : ', ');
      out.text(part.member ?? '');
      if (!this.#settle(part, rows, out)) out.rewind(before);
    }
    if (out.end === first) {
      out.rewind(place);
      out.null();
    } else {
      out.text('}');
      out.close(place);
    }
  }

  /**
   * Writes the value that survives, of those that the golden type can hold. Books for each source that has a row what this golden value
   * cannot give back.
   *
   * @returns whether there is a golden value
   */
  #settle(
    { contributors, choose }: Part,
    rows: readonly (Row | null)[],
    out: RowWriter,
    fallback?: Fallback,
    target = 0,
  ): boolean {
    const place = out.end;
    let winner = -1;
    /** How many contributors are known to have no value, or to be the winner. */
    let looked = 0;
    if (choose !== null) {
      this.#survivors.isOfOther = false;
      winner = choose(rows);
    } else
      while (winner < 0 && looked < contributors.length) {
        const contributor = contributors[looked] as Contributor;
        const row = rows[contributor.source];
        if (row != null && contributor.look(row)) winner = looked;
        looked += 1;
      }
    let hasGolden = winner >= 0;
    if (hasGolden) {
      const { memory, from, to } = contributors[winner] as Contributor;
      out.copy(memory, from, to);
    }
    // What another row gives, the one that won has to give as well, or it is residue.
    if (hasGolden && choose !== null && this.#survivors.isOfOther) winner = -1;
    if (!hasGolden && fallback !== undefined) {
      fallback(target, rows, out);
      hasGolden = !out.isNullAt(place);
    }
    for (let index = 0; index < contributors.length; index += 1) {
      const contributor = contributors[index] as Contributor;
      const row = rows[contributor.source];
      if (row == null || contributor.keepsOwn) continue;
      let isGolden = index === winner;
      if (!isGolden && index >= looked)
        isGolden =
          contributor.look(row) && out.endsWith(place, contributor.memory, contributor.from, contributor.to);
      if (contributor.isNone ? !hasGolden : isGolden && contributor.isExact) continue;
      this.#residue.add(contributor.label, contributor.value(row));
    }
    return hasGolden;
  }
}

interface Giver {
  /** Index of its source. */
  readonly source: number;
  readonly column: { readonly name: string; readonly type: WireType };
  /** No legacy value depends on the golden one. */
  readonly keepsOwn: boolean;
  readonly gives: { readonly member: string | null; readonly conversion: Conversion };
}

/** What the server has worked out: its bytes are those of the golden value, and nobody reads them. */
const OPAQUE: WireType = { kind: 'other', category: '' };
const AS_SENT: Giver['gives'] = {
  member: null,
  conversion: {
    forward: (value) => value,
    exact: () => true,
    passes: () => true,
    inverse: (golden) => golden,
    holds: () => 'true',
  },
};

/** The legacy columns that give a golden column values, in order of precedence. */
function giversOf(target: ComputedColumn, sources: readonly BoundSource[]): Giver[] {
  const givers = sources.flatMap(({ columns, rule }, source) => [
    ...columns.flatMap((column): Giver[] => {
      const keepsOwn = column.home.kind === 'own';
      return giftsOf(column, target.name).map((gives) => ({ source, column, gives, keepsOwn }));
    }),
    ...(rule.gifts ?? [])
      .filter((gift) => gift.target === target.name)
      .map(({ name }): Giver => ({ source, column: { name, type: OPAQUE }, gives: AS_SENT, keepsOwn: true })),
  ]);
  const order = target.survivorship?.givers;
  if (order === undefined) return givers;
  const rank = ({ source, column }: Giver) => {
    const table = sources[source]?.rule.table;
    const place = order.findIndex((giver) => giver.table === table && giver.column === column.name);
    return place < 0 ? order.length : place;
  };
  return givers.sort((a, b) => rank(a) - rank(b));
}

function giftsOf({ home }: BoundColumn, target: string): Giver['gives'][] {
  return givesOf(home)
    .filter((one) => one.target === target)
    .map(({ conversion }) => ({ member: home.kind === 'member' ? home.member : null, conversion }));
}
