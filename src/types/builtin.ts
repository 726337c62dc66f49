import { bracketedTsquery } from './tsquery.js';

/**
 * The one table of what a PostgreSQL type is to us. A row for each type of the server's own that is out of the ordinary,
 * or that a rule looks at; `factsOf` says what holds for all others.
 */
export interface TypeFacts {
  /**
   * What says that two values are the same one: `value` their equality, which hashes; `text` what is printed of them under
   * our settings; `bytes` only what is sent of them, because different ones may print the same.
   */
  readonly sameBy: 'value' | 'text' | 'bytes';
  /** How values are copied: `text` where a binary copy refuses some, or loses something of them. */
  readonly travels: 'binary' | 'text';
  /** What rules may take a value for: numbers are numeric's, moments are points of time or days. */
  readonly holds: 'text' | 'json' | 'number' | 'moment' | 'other';
  /**
   * SQL of a text that the type's input takes for the very same value, and for no other: where what a cast to text gives is
   * less than that.
   */
  readonly spell?: (value: string) => string;
  /** Whether a value needs that inside of an array or a record as well. */
  readonly spellsInside?: boolean;
}

const ORDINARY: TypeFacts = { sameBy: 'text', travels: 'binary', holds: 'other' };

const type = (facts: Partial<TypeFacts> = {}): TypeFacts => ({ ...ORDINARY, ...facts });

const EXACT = type({ sameBy: 'value' });
const TEXT = type({ sameBy: 'value', holds: 'text' });
const NUMBER = type({ holds: 'number' });
const WHOLE = type({ sameBy: 'value', holds: 'number' });
const MOMENT = type({ sameBy: 'value', holds: 'moment' });
/** An empty one is sent, and then refused. */
const VECTOR = type({ travels: 'text' });
/** Of several functions, or operators, each prints the one name that they have; such a one is known by its number. */
const named = (byName: string) =>
  type({
    spell: (value) =>
      `(case when ${byName}((${value})::text) = ${value} then (${value})::text else (${value})::oid::text end)`,
    spellsInside: true,
  });

const BUILT_IN: ReadonlyMap<string, TypeFacts> = new Map([
  ['bool', EXACT],
  ['bytea', EXACT],
  ['char', EXACT],
  ['oid', EXACT],
  ['pg_lsn', EXACT],
  ['time', EXACT],
  ['uuid', EXACT],
  ['name', TEXT],
  ['text', TEXT],
  ['varchar', TEXT],
  // A cast to text cuts its blanks, and equality does not see them.
  [
    'bpchar',
    type({ holds: 'text', spell: (value) => `(case when ${value} is not null then concat(${value}) end)` }),
  ],
  ['int2', WHOLE],
  ['int4', WHOLE],
  ['int8', WHOLE],
  // 1.0 is equal to 1.00, and 0 to -0.
  ['numeric', NUMBER],
  ['float4', NUMBER],
  ['float8', NUMBER],
  ['json', type({ holds: 'json' })],
  ['jsonb', type({ holds: 'json' })],
  ['date', MOMENT],
  ['timestamp', MOMENT],
  ['timestamptz', MOMENT],
  ['int2vector', VECTOR],
  ['oidvector', VECTOR],
  // Its declaration is neither sent nor printed; a cast keeps all of it.
  ['xml', type({ travels: 'text', spell: (value) => `(${value})::text`, spellsInside: true })],
  // Of an empty one, the same as of a vector; and which operands stand in brackets is not printed.
  ['tsquery', type({ travels: 'text', spell: bracketedTsquery, spellsInside: true })],
  ['regproc', named('to_regproc')],
  ['regoper', named('to_regoper')],
]);

/** Types of others: what they print may hide something, and so may what they send. */
const OTHERS = type({ sameBy: 'bytes' });
const ENUM = type({ sameBy: 'value' });

/** What rules may take values of a kind for, see `ColumnType.kind`: those of types of others are nothing to them. */
export function holdsOf(kind: string): TypeFacts['holds'] {
  return BUILT_IN.get(kind)?.holds ?? 'other';
}

/** What a type is: as `pg_type` names it, whether it is the server's own, and its category there. */
export function factsOf(kind: string, isBuiltIn: boolean, category: string): TypeFacts {
  if (category === 'E') return ENUM;
  return isBuiltIn ? (BUILT_IN.get(kind) ?? ORDINARY) : OTHERS;
}
