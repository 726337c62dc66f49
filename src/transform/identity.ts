import { int16 } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import { columnOf, isIdentity } from '../legacy/catalog.js';
import type { BoundSource } from '../mapping/bind.js';
import type { Row, RowReader } from './row.js';

/** Reads what tells a row from the others of its table, as one text that sorts as the identities do. */
export interface IdentityReader {
  /** Whether no other row can have the same one. */
  readonly isUnique: boolean;
  read(row: Row): string;
}

/** Null where the table lacks a column of its identity, or nobody reads it. */
export function identityReader(source: BoundSource, rows: RowReader): IdentityReader | null {
  const { identity } = source.rule;
  const parts = identity.map((name) => {
    const kind = columnOf(source.table, name)?.type.kind ?? '';
    return { field: rows.indexOf(name), sortable: SORTABLE.get(kind) ?? asSent };
  });
  const [first] = parts;
  if (first === undefined || parts.some(({ field }) => field < 0)) return null;
  const isUnique = isIdentity(source.table, identity);
  if (isUnique && parts.length === 1)
    return { isUnique, read: (row) => first.sortable(row.sent(first.field)) };
  return {
    isUnique,
    read(row) {
      let text = '';
      for (const { field, sortable } of parts) {
        const bytes = row.sent(field);
        text += bytes === NULL ? LAST : framed(sortable(bytes));
      }
      return text;
    },
  };
}

const LAST = '\x02';

/** Ends where no other text goes on: ('a', 'b') sorts before ('ab', ''). */
function framed(bytes: string): string {
  return `\x01${bytes.replaceAll('\0', '\0\x01')}\0\0`;
}

type Sortable = (bytes: string) => string;

const asSent: Sortable = (bytes) => bytes;

/** Two's complement: without its sign, a number sorts as its bytes do. */
const signed: Sortable = (bytes) => String.fromCharCode(bytes.charCodeAt(0) ^ 0x80) + bytes.slice(1);

const SORTABLE: ReadonlyMap<string, Sortable> = new Map([
  ...['int2', 'int4', 'int8', 'date', 'timestamp', 'timestamptz'].map((kind) => [kind, signed] as const),
  ['numeric', sortableNumeric],
]);

const NEGATIVE = 0x4000;
const SPECIALS: ReadonlyMap<number, string> = new Map([
  [0xf000, '\0'],
  [0xd000, '\x04'],
  [0xc000, '\x05'],
]);

/** The weight of the first digit and the digits; of a negative number their complements, so that more of them are less. */
function sortableNumeric(bytes: string): string {
  const at = (index: number) => (bytes.charCodeAt(2 * index) << 8) | bytes.charCodeAt(2 * index + 1);
  const [count, weight, sign] = [at(0), at(1) ^ 0x8000, at(2)];
  const special = SPECIALS.get(sign);
  if (special !== undefined) return special;
  if (count === 0) return '\x02';
  if (sign !== NEGATIVE) return `\x03${int16(weight)}${bytes.slice(8)}`;
  let text = `\x01${int16(0xffff - weight)}`;
  for (let digit = 0; digit < count; digit += 1) text += int16(0xfffe - at(4 + digit));
  return `${text}\xff\xff`;
}
