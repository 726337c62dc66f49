import { numericBytes } from './numeric.js';
import type { RowWriter } from './row-writer.js';
import { NULL } from './values.js';

/** Writes the field of a value: numbers and documents as they are printed; days, moments and uuids as they are sent. */
export type Encoder = (value: string, row: RowWriter) => void;

const verbatim: Encoder = (value, row) => row.field(value);

const ENCODERS: Readonly<Record<string, Encoder>> = {
  text: verbatim,
  uuid: verbatim,
  timestamptz: verbatim,
  timestamp: verbatim,
  date: verbatim,
  jsonb(value, row) {
    if (value === NULL) return row.null();
    const place = row.open();
    row.text(JSONB_VERSION);
    row.text(value);
    row.close(place);
  },
  boolean(value, row) {
    if (value === NULL) row.null();
    else row.byte(value === 't' ? 1 : 0);
  },
  integer(value, row) {
    if (value === NULL) return row.null();
    row.int32(4);
    row.int32(Number(value));
  },
  bigint(value, row) {
    if (value === NULL) return row.null();
    row.int32(8);
    row.int32(Number(BigInt(value) >> 32n));
    row.int32(Number(BigInt.asIntN(32, BigInt(value))));
  },
  numeric: (value, row) => row.field(value === NULL ? NULL : numericBytes(value)),
};

/** What stands before the text of a jsonb value. */
export const JSONB_VERSION = '\x01';

/** The encoder for a column of ours, by the type that its definition begins with; for the types of others one of nulls alone. */
export function encoderOf(definition: string): Encoder {
  const type = /^[a-z]+/.exec(definition)?.[0] ?? '';
  return ENCODERS[type] ?? onlyCopied;
}

const onlyCopied: Encoder = (value, row) => {
  if (value !== NULL) throw new Error('no values are made for a column of this type');
  row.null();
};
