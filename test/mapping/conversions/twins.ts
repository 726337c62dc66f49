import { expect } from 'vitest';
import { conversionFor } from '../../../src/consolidation/conversion-for.js';
import { typeSql } from '../../../src/consolidation/golden-ddl.js';
import { decoderOf, printerOf } from '../../../src/copy-binary/decode.js';
import { encoderOf } from '../../../src/copy-binary/encode.js';
import { numericText } from '../../../src/copy-binary/numeric.js';
import { NULL } from '../../../src/copy-binary/values.js';
import { literal } from '../../../src/db/identifier.js';
import type { Session } from '../../../src/db/session.js';
import type { ConversionModel, GoldenType } from '../../../src/declare/model.js';
import { copyOutRows, fieldBy, fieldsOf, rowOf } from '../../support/binary-rows.js';
import { ALONE, type Bench, type Converted, conversionBench, lost } from './round-trip.js';

/** Readers set what they like; what gives a value back must not follow it. */
const ELSEWHERE = `set timezone = 'America/New_York'; set datestyle = 'SQL, DMY'; set extra_float_digits = 0; set intervalstyle = 'iso_8601'`;
const HERE = `set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set extra_float_digits = 1; set intervalstyle = 'postgres'`;

export function castBench(
  session: Session,
  legacyType: string,
  goldenType: GoldenType,
  conversion: ConversionModel = { kind: 'cast' },
): Promise<Bench> {
  return conversionBench(session, conversionFor(conversion, goldenType), legacyType, typeSql(goldenType));
}

/**
 * Converts values, and holds the directions of the conversion against each other: what it says comes back does so, whatever
 * the reader's settings are; what is printed of a value for the residue is read as the value; and a golden value that
 * the legacy type is said to hold is made again of what it becomes there.
 */
export async function expectTwins(
  session: Session,
  bench: Bench,
  values: readonly string[],
  others: readonly string[] = [],
): Promise<Converted[]> {
  const converted = await bench.convert(values);
  expect(lost(converted)).toEqual([]);
  await expectSameElsewhere(session, bench);
  await expectHeld(session, bench, others);
  return converted;
}

async function expectSameElsewhere(session: Session, { given, restored, column }: Bench): Promise<void> {
  const print = printerOf(column.type) ?? decoderOf(column.type);
  const sent = await copyOutRows(session, `select n, v from ${given} where v is not null order by n`);
  const texts = sent.map((row) => {
    const [n = null, bytes] = fieldsOf(row);
    const text = Buffer.from(print(bytes ?? ''), 'latin1').toString('utf8');
    return { n: Buffer.from(n ?? '', 'latin1').readInt32BE(), text };
  });
  const spelled = `select t.n, t.text::${column.type.name} as r from json_to_recordset($1::text::json) t (n int, text text)`;
  await session.execute(ELSEWHERE);
  try {
    const bytes = (value: string) => `encode(record_send(row(${value}::${column.type.base})), 'hex')`;
    const differs = `${bytes('v')} <> ${bytes('r')}`;
    expect(
      await session.query(
        `select v::text as legacy, r::text as back from ${given} join ${restored} using (n) where r is not null and ${differs}`,
      ),
    ).toEqual([]);
    expect(
      await session.query(
        `select v::text as legacy, r::text as back from ${given} join (${spelled}) s using (n) where ${differs}`,
        [JSON.stringify(texts)],
      ),
    ).toEqual([]);
  } finally {
    await session.execute(HERE);
  }
}

async function expectHeld(session: Session, bench: Bench, others: readonly string[]): Promise<void> {
  const { conversion, golden, column } = bench;
  const type = (
    await session.one(
      `select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = '${golden}'::regclass and attname = 'g'`,
    )
  ).type;
  const listed = literal(JSON.stringify(others));
  const all = `select g from ${golden} where g is not null union all select value::${type} from json_array_elements_text(${listed}::json)`;
  await session.execute(`drop table if exists pg_temp.candidates; create temp table candidates as ${all}`);
  const rows = await copyOutRows(
    session,
    `select g, ${conversion.inverse('g', ALONE)} from pg_temp.candidates where ${conversion.holds('g', ALONE)}`,
  );
  const isNumeric = String(type).startsWith('numeric');
  const encode = encoderOf(String(type));
  const print = printerOf(column.type) ?? decoderOf(column.type);
  const wrong = rows.flatMap((row) => {
    const [bytes, legacy] = fieldsOf(row);
    const again = legacy == null ? null : conversion.forward(print(legacy));
    const made = fieldBy(encode, again ?? NULL);
    const same =
      made === rowOf([bytes ?? null]).slice(2) || (isNumeric && isEqual(made.slice(4), bytes ?? ''));
    return same ? [] : [{ golden: bytes, legacy }];
  });
  expect(wrong).toEqual([]);
}

/** Numbers are equal whichever places they are written with. */
function isEqual(a: string, b: string): boolean {
  const [one, other] = [a, b].map((bytes) =>
    numericText(bytes)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, ''),
  );
  return one === other;
}
