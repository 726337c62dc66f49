import { type Encoder, encoderOf } from '../copy-binary/encode.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import { decode, encode, NULL } from '../copy-binary/values.js';
import { goldenValue } from '../declare/golden-value.js';
import type {
  ComputedModel,
  ConsolidationModel,
  FallbackModel,
  GoldenModel,
  TimeModel,
} from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import { firstWords } from '../mapping/first-words.js';
import type { ComputedColumn } from '../mapping/mapping.js';
import { fieldAt, type Row } from '../transform/row.js';
import { later } from '../transform/timestamps.js';
import { usesOf } from './crosswalk/uses.js';
import type { Side } from './sides.js';
import type { Moments } from './times.js';

/** What is known of a thing beside the rows that won. */
export interface Found extends Moments {
  readonly key: string;
  /** What another consolidation made that it is about; NULL for nothing. */
  readonly thing: string;
  /** For each of `fillers` the first row that it has a value for. Left out: the ones that won. */
  readonly filling?: readonly (Row | null)[];
}

/** Which time of a thing a column holds. */
const MOMENT_OF = { earliest: 'created', latest: 'updated', touched: 'touched' } as const;

type Rows = readonly (Row | null)[];
type Value = (rows: Rows) => string;
type Writer = (out: RowWriter, rows: Rows) => void;

/** Writes what a column of a unified row gets that no giver gives a value. */
export class Fallbacks {
  readonly #model: ConsolidationModel;
  readonly #bound: BoundPhase;
  readonly #sides: readonly Side[];
  readonly #found: () => Found;

  /** @param found what is known of the thing at hand */
  constructor(model: ConsolidationModel, bound: BoundPhase, sides: readonly Side[], found: () => Found) {
    this.#model = model;
    this.#bound = bound;
    this.#sides = sides;
    this.#found = found;
  }

  writerOf(column: ComputedModel, target: ComputedColumn | undefined): Writer {
    if (target?.name !== column.name) throw new Error(`${column.name} is not computed in its place`);
    const encodeValue = encoderOf(target.ddl);
    switch (column.kind) {
      case 'members':
        return (out) => out.null();
      case 'reference':
        return (out, rows) => out.field(this.#isKnown(rows) ? this.#found().key : NULL);
      case 'fold':
        throw new Error(`${column.name} is not summed up`);
      case 'thing':
        return (out) => encodeValue(this.#found().thing, out);
      case 'golden':
        return this.#golden(column, encodeValue);
      default: {
        const time = this.#time(column);
        return (out, rows) => encodeValue(time(rows), out);
      }
    }
  }

  #isKnown(rows: Rows): boolean {
    return this.#first(rows, (side, row) => side.field('known', row)) !== NULL;
  }

  #first(rows: Rows, of: (side: Side, row: Row) => string): string {
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index] ?? null;
      const value = row === null ? NULL : of(this.#sides[index] as Side, row);
      if (value !== NULL) return value;
    }
    return NULL;
  }

  #time({ kind, name, notBefore }: TimeModel): Value {
    const use = usesOf(this.#model).findIndex((one) => one.target === name);
    const own: Value = (rows) => {
      const time = this.#found()[MOMENT_OF[kind]];
      return time !== NULL || use < 0 ? time : this.#first(rows, (side, row) => side.use(use, row));
    };
    const first = this.#model.columns.find((column) => column.name === notBefore);
    if (first?.kind !== 'earliest') return own;
    const since = this.#time(first);
    return (rows) => later(own(rows), since(rows));
  }

  #golden(column: GoldenModel, encodeValue: Encoder): Writer {
    const values = (column.fallbacks ?? []).map((fallback) => this.#valueOf(fallback, column));
    const otherwise = constantOf(column);
    return (out, rows) => {
      for (const value of values) {
        const found = value(rows);
        if (found === NULL) continue;
        encodeValue(found, out);
        return;
      }
      if (otherwise === null) out.null();
      else encodeValue(otherwise, out);
    };
  }

  #valueOf(fallback: FallbackModel, { name }: GoldenModel): Value {
    if (fallback.kind === 'crosswalk') {
      const use = usesOf(this.#model).findIndex(
        (one) => one.target === name && one.column === fallback.column,
      );
      return (rows) => this.#first(rows, (side, row) => side.use(use, row));
    }
    const { words } = fallback;
    const givers = this.#giversOf(fallback.column);
    return (rows) => {
      for (const { index, field } of givers) {
        const value = fieldAt(rows[index] ?? null, field);
        if (value === NULL) continue;
        const text = words === null ? value : encode(firstWords(decode(value), words));
        if (words === null || text !== '') return text;
      }
      return NULL;
    };
  }

  /** Where the givers of a shared column are, in order. */
  #giversOf(name: string): { readonly index: number; readonly field: number }[] {
    const column = this.#model.columns.find((one) => one.name === name);
    const givers = column?.kind === 'golden' ? column.givers : [];
    return givers.flatMap((giver) => {
      const index = this.#bound.sources.findIndex(({ rule }) => rule.table === giver.table);
      const field = this.#sides[index]?.rows.indexOf(giver.column) ?? -1;
      return field < 0 ? [] : [{ index, field }];
    });
  }
}

function constantOf({ name, type, otherwise }: GoldenModel): string | null {
  if (otherwise === null) return null;
  const value = goldenValue(type, otherwise);
  if (value === null) throw new Error(`${otherwise} is no value for ${name} of type ${type}`);
  return value;
}
