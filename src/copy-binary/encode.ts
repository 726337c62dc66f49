import { fieldOf, int32, NULL_FIELD } from './framing.js';
import { remembered } from './memo.js';
import { numericBytes } from './numeric.js';
import { NULL } from './values.js';

/** Makes a field out of a value. */
export type Encoder = (value: string) => string;

const MOST_REMEMBERED = 16_384;

const nullOr =
  (encode: Encoder): Encoder =>
  (value) =>
    value === NULL ? NULL_FIELD : encode(value);

const ENCODERS: Readonly<Record<string, () => Encoder>> = {
  text: () => fieldOf,
  uuid: () => fieldOf,
  timestamptz: () => fieldOf,
  jsonb: () => nullOr((value) => fieldOf(`\x01${value}`)),
  boolean: () => nullOr((value) => fieldOf(value === 't' ? '\x01' : '\0')),
  integer: () => nullOr((value) => fieldOf(int32(Number(value)))),
  numeric: () => nullOr(remembered((value) => fieldOf(numericBytes(value)), MOST_REMEMBERED)),
};

/** The encoder for a column of ours, by the type that its definition begins with. */
export function encoderOf(definition: string): Encoder {
  const type = /^[a-z]+/.exec(definition)?.[0] ?? '';
  const encoder = ENCODERS[type];
  if (encoder === undefined) throw new Error(`no values are written to columns of type ${type}`);
  return encoder();
}
