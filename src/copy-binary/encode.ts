import { int32, NULL_FIELD, pushField } from './framing.js';
import { numericBytes } from './numeric.js';
import { NULL } from './values.js';

/** Adds the field of a value to a row's pieces. */
export type Encoder = (value: string, pieces: string[]) => void;

/** An encoder for values whose bytes are made by a function. */
const made =
  (bytesOf: (value: string) => string): Encoder =>
  (value, pieces) => {
    if (value === NULL) pieces.push(NULL_FIELD);
    else pushField(bytesOf(value), pieces);
  };

const ENCODERS: Readonly<Record<string, Encoder>> = {
  text: pushField,
  uuid: pushField,
  timestamptz: pushField,
  jsonb: made((value) => `\x01${value}`),
  boolean: made((value) => (value === 't' ? '\x01' : '\0')),
  integer: made((value) => int32(Number(value))),
  numeric: made(numericBytes),
};

/** The encoder for a column of ours, by the type that its definition begins with. */
export function encoderOf(definition: string): Encoder {
  const type = /^[a-z]+/.exec(definition)?.[0] ?? '';
  const encoder = ENCODERS[type];
  if (encoder === undefined) throw new Error(`no values are written to columns of type ${type}`);
  return encoder;
}
