import { uuidText } from '../keys/uuid.js';
import { holdsOf } from '../types/builtin.js';
import { float4Text, float8Text } from './floats.js';
import { remembered } from './memo.js';
import { dateText, timestampText, timestamptzText } from './moments.js';
import { numericText } from './numeric.js';

/** What a type is, as far as its bytes go. */
export interface WireType {
  /** Internal name of the base type: `text`, `int4`, `numeric`. */
  readonly kind: string;
  /** Type category of pg_type: S strings, E enums. */
  readonly category: string;
}

/** Makes a value out of what the server sends for one type. */
export type Decoder = (bytes: string) => string;

/** Days of several years, scores of few digits. */
const MOST_REMEMBERED = 16_384;

const same: Decoder = (bytes) => bytes;

/** Types whose bytes are nothing that a rule could look at; still equal for equal values. */
const opaque: Decoder = (bytes) => bytes;

const DECODERS: ReadonlyMap<string, () => Decoder> = new Map(
  Object.entries<() => Decoder>({
    bool: () => (bytes) => (bytes === '\x01' ? 't' : 'f'),
    int2: () => (bytes) => String(toBuffer(bytes).readInt16BE()),
    int4: () => (bytes) => String(toBuffer(bytes).readInt32BE()),
    int8: () => (bytes) => String(toBuffer(bytes).readBigInt64BE()),
    float4: () => remembered(float4Text, MOST_REMEMBERED),
    float8: () => float8Text,
    numeric: () => numericText,
    // A version number, then the text.
    jsonb: () => (bytes) => bytes.slice(1),
    json: () => same,
    uuid: () => same,
    timestamptz: () => same,
    timestamp: () => same,
    date: () => remembered(startOfDay, MOST_REMEMBERED),
  }),
);

/** Whether rules can look at values of a type. */
export function isReadable({ kind, category }: WireType): boolean {
  return DECODERS.has(kind) || isText(kind, category);
}

/** Values that are only compared: they are left as they are sent. */
const isCompared = (kind: string) => kind === 'uuid' || holdsOf(kind) === 'moment';

/** Whether values of a type are read as the server prints them: those without a binary form are sent so. */
export function isReadAsText(type: WireType & { readonly binary: boolean }): boolean {
  return !type.binary || (isReadable(type) && !isCompared(type.kind));
}

export function decoderOf({ kind, category }: WireType): Decoder {
  return DECODERS.get(kind)?.() ?? (isText(kind, category) ? same : opaque);
}

/**
 * What the server prints for the bytes of one type, where that is another text than a decoder gives: of what is only
 * compared. Null: what the decoder gives.
 */
export function printerOf({ kind }: WireType): Decoder | null {
  return PRINTERS.get(kind) ?? null;
}

const PRINTERS: ReadonlyMap<string, Decoder> = new Map([
  ['uuid', uuidText],
  ['timestamptz', timestamptzText],
  ['timestamp', timestampText],
  ['date', dateText],
]);

function isText(kind: string, category: string): boolean {
  // "char" sends its one byte where it prints it otherwise.
  return category === 'E' || holdsOf(kind) === 'text' || (category === 'S' && kind.startsWith('other.'));
}

const MICROSECONDS_A_DAY = 86_400_000_000n;
/** Dates go on for longer than moments do; those beyond are taken for the last one. */
const LAST_MOMENT = 9_223_371_331_199_999_999n;
const INFINITIES = new Map([
  [0x7fffffff, 0x7fffffffffffffffn],
  [-0x80000000, -0x8000000000000000n],
]);

/** A date as the moment at which it begins, in UTC. */
function startOfDay(bytes: string): string {
  const days = toBuffer(bytes).readInt32BE();
  const start = BigInt(days) * MICROSECONDS_A_DAY;
  const moment = Buffer.alloc(8);
  moment.writeBigInt64BE(INFINITIES.get(days) ?? (start > LAST_MOMENT ? LAST_MOMENT : start));
  return moment.toString('latin1');
}

function toBuffer(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1');
}
