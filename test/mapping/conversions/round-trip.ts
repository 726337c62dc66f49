import { expect } from 'vitest';
import { encode } from '../../../fixtures/copy-text.js';
import { decoderOf, printerOf } from '../../../src/copy-binary/decode.js';
import { encoderOf } from '../../../src/copy-binary/encode.js';
import { memoryOf } from '../../../src/copy-binary/framing.js';
import { NULL } from '../../../src/copy-binary/values.js';
import { ident } from '../../../src/db/identifier.js';
import type { Session } from '../../../src/db/session.js';
import { type CatalogColumn, readTable } from '../../../src/legacy/catalog.js';
import type { Beside, Conversion, ConversionFor } from '../../../src/mapping/mapping.js';
import { bytesOf, copyInRows, copyOutRows, fieldBy, fieldsOf, rowOf } from '../../support/binary-rows.js';
import { copyInLines } from '../../support/session.js';

/** Nothing else is in the row. */
export const ALONE: Beside = {
  legacy: (column) => {
    throw new Error(`no ${column} beside it`);
  },
  golden: (column) => {
    throw new Error(`no ${column} beside it`);
  },
};

/** What became of one value. */
export interface Converted {
  /** As the server prints the legacy value. */
  readonly legacy: string;
  /** As the server prints the golden value. */
  readonly golden: string | null;
  /** The conversion says that the golden value gives the legacy value back. */
  readonly exact: boolean;
  /** What the inverse gives on the server; only asked where the conversion is exact, as the legacy views do. */
  readonly restored: string | null;
  /** What the server says to an expression over the legacy value `v` and the golden value `g`. */
  readonly oracle: string | null;
}

export interface Bench {
  readonly conversion: Conversion;
  /** The legacy column, and where both columns are: `v` in the one table and `g` in the other, by `n`. */
  readonly column: CatalogColumn;
  readonly given: string;
  readonly golden: string;
  readonly restored: string;
  /** Sends values through `forward` here and through `inverse` on the server. */
  convert(values: readonly string[], oracle?: string): Promise<Converted[]>;
}

let benches = 0;

/**
 * A conversion with a legacy column of some type and a golden column of another, both on the server. Legacy values
 * are read and sent by the server; golden values are copied into the golden column, which has to take them.
 */
export async function conversionBench(
  session: Session,
  rule: ConversionFor,
  legacyType: string,
  goldenType: string,
  shape = 'B',
): Promise<Bench> {
  const schema = `bench_${benches++}`;
  const given = `${ident(schema)}.given`;
  const golden = `${ident(schema)}.golden`;
  await session.execute(`create schema ${ident(schema)};
    create table ${given} (n int primary key, v ${legacyType});
    create table ${golden} (n int primary key, exact boolean not null, g ${goldenType})`);
  const column = (await readTable(session, schema, 'given'))?.columns.find(({ name }) => name === 'v');
  if (column === undefined) throw new Error('the bench has no column');
  const conversion = rule(column, shape);
  if (conversion === null) throw new Error(`no conversion for ${legacyType}`);

  const inverse = conversion.inverse('g', ALONE);
  await session.execute(`create view ${ident(schema)}.inverse as select ${inverse} as r from ${golden};
    create view ${ident(schema)}.restored as select n, case when exact then ${inverse} end as r from ${golden}`);
  // Of the identical type, not only of the same text.
  const restoredType = (await readTable(session, schema, 'inverse'))?.columns[0]?.type.name;
  expect(restoredType).toBe(column.type.name);

  return {
    conversion,
    column,
    given,
    golden,
    restored: `${ident(schema)}.restored`,
    async convert(values, oracle = 'null') {
      await session.execute(`truncate ${given}, ${golden}`);
      await copyInLines(
        session,
        given,
        values.map((value, n) => `${n}\t${encode(value)}`),
      );
      const decode = printerOf(column.type) ?? decoderOf(column.type);
      const encodeGolden = encoderOf(goldenType);
      const sent = await copyOutRows(session, `select n, v from ${given} order by n`);
      const rowsOfGolden = sent.map((row) => {
        const [n = null, bytes] = fieldsOf(row);
        const value = bytes == null ? null : decode(bytes);
        const forward = value === null ? null : conversion.forward(value);
        const exact = value !== null && conversion.exact(value);
        if (bytes != null)
          expectShortcuts(conversion, bytes, fieldBy(encodeGolden, forward ?? NULL), forward, exact);
        // With the number of its fields in front, and the golden one already with its length.
        const head = rowOf([n, bytesOf('bool', exact ? 't' : 'f'), '']).slice(0, -4);
        return head + fieldBy(encodeGolden, forward ?? NULL);
      });
      await copyInRows(session, golden, rowsOfGolden);
      const rows = await session.query(
        `select v::text as legacy, g::text as golden, exact::text as exact, r::text as restored, (${oracle})::text as oracle
         from ${given} join ${golden} using (n) join ${ident(schema)}.restored using (n) order by n`,
      );
      return rows.map((row) => ({
        legacy: String(row.legacy),
        golden: row.golden ?? null,
        exact: row.exact === 'true',
        restored: row.restored ?? null,
        oracle: row.oracle ?? null,
      }));
    },
  };
}

/** What a conversion says of a value's bytes alone has to be what it does with the value. */
function expectShortcuts(
  conversion: Conversion,
  bytes: string,
  golden: string,
  forward: string | null,
  exact: boolean,
): void {
  const memory = memoryOf(Buffer.from(`xxx${bytes}xxx`, 'latin1'));
  const [from, to] = [3, 3 + bytes.length];
  if (conversion.passes?.(memory, from, to) === true)
    expect([rowOf([bytes]).slice(2), true]).toEqual([golden, exact]);
  const points = conversion.points?.(memory, from, to) ?? -1;
  if (points >= 0) expect([(points / 100).toFixed(2), true]).toEqual([forward, exact]);
}

/** Values that are said to come back and do not. */
export function lost(converted: readonly Converted[]): Converted[] {
  return converted.filter(({ legacy, restored, exact }) => exact && restored !== legacy);
}

/** Each golden value, followed by ' exact' where the conversion says so. */
export function said(converted: readonly Converted[]): (string | null)[] {
  return converted.map(({ golden, exact }) => (golden === null ? null : golden + (exact ? ' exact' : '')));
}
