import type { Encoder } from '../../src/copy-binary/encode.js';
import { float4Text, float8Text } from '../../src/copy-binary/floats.js';
import { memoryOf, type RowBytes, rowText } from '../../src/copy-binary/framing.js';
import { numericBytes, numericText } from '../../src/copy-binary/numeric.js';
import { RowWriter } from '../../src/copy-binary/row-writer.js';
import type { Session } from '../../src/db/session.js';

/**
 * Rows of the binary COPY format, put together and taken apart by hand: bytes in latin1 strings, as the product has
 * them. Values are written as Postgres prints them. `binary-rows.test.ts` holds all of it against a server.
 */

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

const NULL_FIELD = '\xff\xff\xff\xff';
const lengthOf = (bytes: string) => latin1(4, (buffer) => buffer.writeInt32BE(bytes.length));

/** A row of fields; null is NULL. */
export function rowOf(fields: readonly (string | null)[]): string {
  const parts = fields.map((bytes) => (bytes === null ? NULL_FIELD : lengthOf(bytes) + bytes));
  return number(2, fields.length) + parts.join('');
}

/** The fields of a row; an error when it has any byte too many or too few. */
export function fieldsOf(row: string): (string | null)[] {
  const { fields, end } = rowAt(Buffer.from(row, 'latin1'), 0);
  if (end !== row.length) throw new Error(`a row of ${row.length} bytes has fields for ${end}`);
  return fields;
}

function rowAt(bytes: Buffer, start: number): { fields: (string | null)[]; end: number } {
  let end = start + 2;
  const fields = Array.from({ length: bytes.readInt16BE(start) }, () => {
    const length = bytes.readInt32BE(end);
    end += 4 + Math.max(0, length);
    return length < 0 ? null : bytes.toString('latin1', end - length, end);
  });
  return { fields, end };
}

interface Codec {
  readonly bytes: (text: string) => string;
  readonly text: (bytes: string) => string;
}

const utf8: Codec = {
  bytes: (text) => Buffer.from(text, 'utf8').toString('latin1'),
  text: (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'),
};

const NUMERIC_SPECIALS: Readonly<Record<string, string>> = {
  NaN: number(8, 0xc0000000n),
  Infinity: number(8, 0xd0000020n),
  '-Infinity': number(8, 0xf0000020n),
};

/** By the internal name of the type. */
const CODECS: Readonly<Record<string, Codec>> = {
  text: utf8,
  varchar: utf8,
  bpchar: utf8,
  json: utf8,
  jsonb: { bytes: (text) => `\x01${utf8.bytes(text)}`, text: (bytes) => utf8.text(bytes.slice(1)) },
  bool: { bytes: (text) => (text === 't' ? '\x01' : '\0'), text: (bytes) => (bytes === '\x01' ? 't' : 'f') },
  int2: { bytes: (text) => number(2, Number(text)), text: (bytes) => String(signed(bytes)) },
  int4: { bytes: (text) => number(4, Number(text)), text: (bytes) => String(signed(bytes)) },
  int8: { bytes: (text) => number(8, BigInt(text)), text: (bytes) => String(signed(bytes)) },
  float4: { bytes: (text) => latin1(4, (buffer) => buffer.writeFloatBE(Number(text))), text: float4Text },
  float8: { bytes: (text) => latin1(8, (buffer) => buffer.writeDoubleBE(Number(text))), text: float8Text },
  numeric: { bytes: (text) => NUMERIC_SPECIALS[text] ?? numericBytes(text), text: numericText },
  uuid: {
    bytes: (text) => Buffer.from(text.replaceAll('-', ''), 'hex').toString('latin1'),
    text: (bytes) =>
      Buffer.from(bytes, 'latin1')
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  },
  timestamptz: { bytes: momentBytes, text: (bytes) => momentText(bytes, '+00') },
  timestamp: { bytes: momentBytes, text: (bytes) => momentText(bytes, '') },
  date: {
    bytes: (text) => number(4, signed(momentBytes(text.replace(/^[^ ]+/, '$& 00:00:00'))) / DAY),
    text: (bytes) => momentText(number(8, signed(bytes) * DAY), '').replace(' 00:00:00', ''),
  },
  bytea: {
    bytes: (text) => Buffer.from(text.slice(2), 'hex').toString('latin1'),
    text: (bytes) => `\\x${Buffer.from(bytes, 'latin1').toString('hex')}`,
  },
};

/** The bytes that the server sends for a value of a type. Enums are texts. */
export function bytesOf(kind: string, text: string): string {
  const codec = CODECS[kind];
  if (codec === undefined) throw new Error(`tests write no values of type ${kind}`);
  return codec.bytes(text);
}

/** The value of a type as Postgres prints it; in hex where the type is none that tests look at. */
export function textOf(kind: string, bytes: string): string {
  return (CODECS[kind] ?? CODECS.bytea ?? utf8).text(bytes);
}

/** Same, for NULL too. */
export const nullableBytes = (kind: string, text: string | null) =>
  text === null ? null : bytesOf(kind, text);
export const nullableText = (kind: string, bytes: string | null) =>
  bytes === null ? null : textOf(kind, bytes);

/** The rows that `COPY (query) TO STDOUT` gives in binary. */
export async function copyOutRows(session: Session, query: string): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of session.copyOut(`copy (${query}) to stdout (format binary)`))
    chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('no binary COPY');
  const rows: string[] = [];
  let at = SIGNATURE.length;
  while (bytes.readInt16BE(at) >= 0) {
    const { end } = rowAt(bytes, at);
    rows.push(bytes.toString('latin1', at, end));
    at = end;
  }
  if (at + 2 !== bytes.length) throw new Error('bytes behind the trailer');
  return rows;
}

/** Copies rows into a table, or into some columns of it: `table (a, b)`. */
export async function copyInRows(session: Session, into: string, rows: readonly string[]): Promise<number> {
  const body = Buffer.from(rows.join(''), 'latin1');
  return session.copyIn(`copy ${into} from stdin (format binary)`, [
    SIGNATURE,
    body,
    Buffer.from('ffff', 'hex'),
  ]);
}

const DAY = 86_400_000_000n;
const INFINITY = (1n << 63n) - 1n;
const EPOCH_MILLIS = Date.UTC(2000, 0, 1);

/** Microseconds since 2000. For the years that a Date can hold. */
function momentBytes(text: string): string {
  if (text.endsWith('infinity')) return number(8, text.startsWith('-') ? -INFINITY - 1n : INFINITY);
  const parts = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?( BC)?$/.exec(text);
  if (parts === null) throw new Error(`tests write no moment like ${text}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(parts[8] === undefined ? year : 1 - year, month - 1, day);
  const micros = BigInt((parts[7] ?? '').padEnd(6, '0'));
  return number(8, BigInt(date.getTime() - EPOCH_MILLIS) * 1000n + micros);
}

function momentText(bytes: string, zone: string): string {
  const value = signed(bytes);
  if (value === INFINITY) return 'infinity';
  if (value === -INFINITY - 1n) return '-infinity';
  const micros = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((value - micros) / 1000n) + EPOCH_MILLIS);
  const pad = (part: number, digits = 2) => String(part).padStart(digits, '0');
  const year = date.getUTCFullYear();
  const day = [pad(year > 0 ? year : 1 - year, 4), pad(date.getUTCMonth() + 1), pad(date.getUTCDate())].join(
    '-',
  );
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((part) => pad(part))
    .join(':');
  const fraction = micros === 0n ? '' : `.${pad(Number(micros), 6).replace(/0+$/, '')}`;
  return `${day} ${time}${fraction}${zone}${year > 0 ? '' : ' BC'}`;
}

function latin1(bytes: number, write: (buffer: Buffer) => void): string {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return buffer.toString('latin1');
}

function number(bytes: 2 | 4 | 8, value: number | bigint): string {
  return Buffer.from(
    BigInt.asUintN(8 * bytes, BigInt(value))
      .toString(16)
      .padStart(2 * bytes, '0'),
    'hex',
  ).toString('latin1');
}

function signed(bytes: string): bigint {
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes, 'latin1').toString('hex')}`));
}

/** The field that an encoder makes of a value. */
export function fieldBy(encode: Encoder, value: string): string {
  const out = new RowWriter();
  encode(value, out);
  return rowText(out);
}

/** A row where the product has it: somewhere in a larger piece of memory. */
export function lying(row: string): RowBytes {
  const bytes = Buffer.from(`before${row}behind`, 'latin1');
  return { ...memoryOf(bytes), start: 'before'.length, end: bytes.length - 'behind'.length };
}
