import { decode, encode, NULL } from '../copy-binary/values.js';
import type { BoundSource } from '../mapping/bind.js';
import type { Conversion } from '../mapping/mapping.js';
import { fieldAt, type Row, type RowReader } from './row.js';

/** A legacy column that goes into a golden column (or into a member of one). */
interface Contributor {
  readonly source: number;
  readonly field: number;
  readonly column: string;
  readonly conversion: Conversion;
}

interface Part {
  /** Member of a jsonb column; null for a plain golden column. */
  readonly member: string | null;
  /** In order of survivorship. */
  readonly contributors: readonly Contributor[];
}

/**
 * Makes golden values out of the rows of one opportunity, by survivorship, and the residue that gives back what
 * they cannot.
 */
export class Assembler {
  readonly #targets: readonly (readonly Part[])[];
  readonly #tables: readonly string[];

  /** @param targets golden columns, in the order in which `assemble` gives their values */
  constructor(sources: readonly BoundSource[], readers: readonly RowReader[], targets: readonly string[]) {
    this.#tables = sources.map((source) => source.rule.table);
    this.#targets = targets.map((target) => {
      const parts = new Map<string | null, Contributor[]>();
      sources.forEach((source, index) => {
        for (const { name, home } of source.columns) {
          if ((home.kind !== 'golden' && home.kind !== 'member') || home.target !== target) continue;
          const member = home.kind === 'member' ? home.member : null;
          const list = parts.get(member) ?? [];
          list.push({
            source: index,
            field: readers[index]?.indexOf(name) ?? -1,
            column: name,
            conversion: home.conversion,
          });
          parts.set(member, list);
        }
      });
      return [...parts].map(([member, contributors]) => ({ member, contributors }));
    });
  }

  /**
   * @param rows the row of each source, or null
   * @param fallback gives a golden value where no source has one; NULL for none
   * @returns the golden values, and that of the residue
   */
  assemble(
    rows: readonly (Row | null)[],
    fallback: (target: number) => string,
  ): { readonly golden: string[]; readonly residue: string } {
    const residue = new Residue(this.#tables);
    const golden: string[] = new Array(this.#targets.length);
    for (let target = 0; target < golden.length; target += 1) {
      const parts = this.#targets[target] as readonly Part[];
      const first = parts[0];
      if (first === undefined) golden[target] = fallback(target);
      else if (first.member === null) golden[target] = settle(first, rows, residue, fallback, target);
      else golden[target] = members(parts, rows, residue);
    }
    return { golden, residue: residue.value() };
  }
}

const none = () => NULL;

function members(parts: readonly Part[], rows: readonly (Row | null)[], residue: Residue): string {
  let object = '';
  for (const part of parts) {
    const value = settle(part, rows, residue, none, 0);
    if (value !== NULL) object += `${object === '' ? '{' : ', '}"${part.member}": ${value}`;
  }
  return object === '' ? NULL : `${object}}`;
}

/**
 * The first value that the golden type can hold. Books for each source that has a row what this golden value cannot
 * give back.
 */
function settle(
  { contributors }: Part,
  rows: readonly (Row | null)[],
  residue: Residue,
  fallback: (target: number) => string,
  target: number,
): string {
  let golden = NULL;
  for (const { source, field, conversion } of contributors) {
    const value = fieldAt(rows[source] ?? null, field);
    if (value === NULL) continue;
    golden = conversion.forward(value) ?? NULL;
    if (golden !== NULL) break;
  }
  if (golden === NULL) golden = fallback(target);
  for (const { source, field, column, conversion } of contributors) {
    const row = rows[source] ?? null;
    if (row === null) continue;
    const value = fieldAt(row, field);
    if (value === NULL ? golden === NULL : conversion.exact(value) && conversion.forward(value) === golden)
      continue;
    residue.add(source, column, value);
  }
  return golden;
}

/** `{ table: { column: value as text, or null } }`, as bytes. */
class Residue {
  readonly #tables: readonly string[];
  #members: (string[] | undefined)[] | undefined;

  constructor(tables: readonly string[]) {
    this.#tables = tables;
  }

  add(source: number, column: string, value: string): void {
    this.#members ??= [];
    const members = this.#members[source] ?? [];
    this.#members[source] = members;
    members.push(jsonMember(column, value));
  }

  value(): string {
    if (this.#members === undefined) return NULL;
    const objects = this.#tables.flatMap((table, index) => {
      const members = this.#members?.[index];
      return members === undefined ? [] : [`"${table}": {${members.join(', ')}}`];
    });
    return `{${objects.join(', ')}}`;
  }
}

/** A member of a JSON object whose value is a text. JSON escapes no byte above 0x7f, so bytes stay bytes. */
function jsonMember(name: string, value: string): string {
  return `${JSON.stringify(encode(name))}: ${value === NULL ? 'null' : JSON.stringify(value)}`;
}

/** The first words of a text, as a title; at most `length` characters, cut between words. */
export function firstWords(value: string, length: number): string {
  const text = decode(value).replace(/\s+/gu, ' ').trim();
  if (text.length <= length) return text;
  const cut = text.slice(0, length + 1);
  const space = cut.lastIndexOf(' ');
  const head = space > length / 2 ? cut.slice(0, space) : text.slice(0, length);
  return `${head.toWellFormed().replace(/\ufffd+$/u, '')}…`;
}
