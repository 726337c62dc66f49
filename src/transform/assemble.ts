import { type Encoder, encoderOf, JSONB_VERSION } from '../copy-binary/encode.js';
import { compareMembers } from '../copy-binary/jsonb-order.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import type { BoundSource } from '../mapping/bind.js';
import type { ComputedColumn } from '../mapping/mapping.js';
import { residueKey } from '../mapping/restore.js';
import { Contributor } from './contributor.js';
import { Residue } from './residue.js';
import type { Row, RowReader } from './row.js';

/** A golden column, or a member of one. */
interface Part {
  /** What stands before the value of a member of a jsonb column; null for a plain golden column. */
  readonly member: string | null;
  /** In order of survivorship. */
  readonly contributors: readonly Contributor[];
}

/** Writes the golden value, as a field, where no source has one; NULL for none. */
export type Fallback = (target: number, rows: readonly (Row | null)[], out: RowWriter) => void;

/** Members of a jsonb value are parts of its text. */
const asText: Encoder = (value, out) => out.text(value);

/**
 * Makes golden values out of the rows of one opportunity, by survivorship, and the residue that gives back what
 * they cannot.
 */
export class Assembler {
  readonly #targets: readonly (readonly Part[])[];
  readonly #residue = new Residue();

  /** @param targets golden columns, in the order in which `write` writes their values */
  constructor(
    sources: readonly BoundSource[],
    readers: readonly RowReader[],
    targets: readonly ComputedColumn[],
  ) {
    this.#targets = targets.map((target) => {
      const parts = new Map<string | null, Contributor[]>();
      sources.forEach((source, index) => {
        for (const { name, home } of source.columns) {
          if ((home.kind !== 'golden' && home.kind !== 'member') || home.target !== target.name) continue;
          const member = home.kind === 'member' ? home.member : null;
          const list = parts.get(member) ?? [];
          list.push(
            new Contributor({
              source: index,
              field: readers[index]?.indexOf(name) ?? -1,
              label: residueKey(source.rule, name),
              conversion: home.conversion,
              encode: member === null ? encoderOf(target.ddl) : asText,
              framed: member === null,
            }),
          );
          parts.set(member, list);
        }
      });
      return [...parts]
        .sort(([member], [other]) => compareMembers(member ?? '', other ?? ''))
        .map(([member, contributors]) => ({
          member: member === null ? null : `${JSON.stringify(member)}: `,
          contributors,
        }));
    });
  }

  /**
   * Writes the golden values, each as a field.
   *
   * @param rows the row of each source, or null
   */
  write(rows: readonly (Row | null)[], fallback: Fallback, out: RowWriter): void {
    this.#residue.clear();
    for (let target = 0; target < this.#targets.length; target += 1) {
      const parts = this.#targets[target] as readonly Part[];
      const first = parts[0];
      if (first === undefined) fallback(target, rows, out);
      else if (first.member === null) this.#settle(first, rows, out, fallback, target);
      else this.#members(parts, rows, out);
    }
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
   * Writes the first value that the golden type can hold. Books for each source that has a row what this golden value
   * cannot give back.
   *
   * @returns whether there is a golden value
   */
  #settle(
    { contributors }: Part,
    rows: readonly (Row | null)[],
    out: RowWriter,
    fallback?: Fallback,
    target = 0,
  ): boolean {
    const place = out.end;
    /** How many contributors were looked at, of which the last one gave the golden value where one did. */
    let looked = 0;
    let hasGolden = false;
    while (!hasGolden && looked < contributors.length) {
      const contributor = contributors[looked] as Contributor;
      const row = rows[contributor.source];
      looked += 1;
      if (row == null || !contributor.look(row)) continue;
      out.copy(contributor.memory, contributor.from, contributor.to);
      hasGolden = true;
    }
    const winner = hasGolden ? looked - 1 : -1;
    if (!hasGolden && fallback !== undefined) {
      fallback(target, rows, out);
      hasGolden = !out.isNullAt(place);
    }
    for (let index = 0; index < contributors.length; index += 1) {
      const contributor = contributors[index] as Contributor;
      const row = rows[contributor.source];
      if (row == null) continue;
      let isGolden = index === winner;
      if (index >= looked)
        isGolden =
          contributor.look(row) && out.endsWith(place, contributor.memory, contributor.from, contributor.to);
      if (contributor.isNull ? !hasGolden : isGolden && contributor.isExact) continue;
      this.#residue.add(contributor.label, contributor.value(row));
    }
    return hasGolden;
  }
}
