import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { TIMESTAMPS, TIMESTAMPTZS } from '../../fixtures/odd/times.js';
import { decoderOf } from '../../src/copy-binary/decode.js';
import { NULL } from '../../src/copy-binary/values.js';
import type { Session } from '../../src/db/session.js';
import {
  compareLatestFirst,
  compareTimes,
  earlier,
  isMoment,
  later,
} from '../../src/transform/timestamps.js';
import { bytesOf, copyInRows, copyOutRows, fieldsOf, rowOf } from '../support/binary-rows.js';
import { createTestDatabase } from '../support/database.js';
import { copyInLines, openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('times')).url);
});

const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
/** Any moment that Postgres can hold, with as many digits as it likes to give. */
const moment = fc
  .record({
    year: fc.oneof(
      fc.integer({ min: 1, max: 294_275 }),
      fc.integer({ min: 1990, max: 2030 }),
      fc.constantFrom(1, 9999, 10_000, 99_999, 100_000),
    ),
    bc: fc.boolean(),
    rest: fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      fc.nat(23),
      fc.nat(59),
      fc.nat(59),
    ),
    micros: fc.oneof(fc.constant(0), fc.nat(999_999), fc.constantFrom(100_000, 120_000, 1, 999_999)),
  })
  .map(({ year, bc, rest: [month, day, hour, minute, second], micros }) => {
    const era = bc && year < 4713 ? ' BC' : '';
    return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)} ${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${pad(micros, 6)}${era}`;
  });
/** The same day over and over, so that only the fraction of a second tells. */
const close = fc
  .tuple(fc.nat(2), fc.nat(999_999))
  .map(([second, micros]) => `2025-11-18 12:34:${pad(second, 2)}.${pad(micros, 6)}`);
const moments = fc.array(fc.oneof(moment, close), { minLength: 100, maxLength: 300 });

const TYPES = {
  timestamptz: TIMESTAMPTZS,
  timestamp: TIMESTAMPS,
  date: [
    'infinity',
    '-infinity',
    '0044-03-15 BC',
    '4713-01-01 BC',
    '0001-01-01',
    '294276-12-31',
    '9999-12-31',
    '10000-01-01',
  ],
} as const;

describe.each(Object.entries(TYPES))('%s', (type, odd) => {
  const read = decoderOf({ kind: type, category: 'D' });

  test('the values have the order that Postgres gives to them', async () => {
    expect(isMoment(type)).toBe(true);
    await session.execute(`create table public.${type}_values (v ${type})`);
    await fc.assert(
      fc.asyncProperty(moments, async (values) => {
        await session.execute(`truncate public.${type}_values`);
        await copyInLines(session, `public.${type}_values`, [...odd, ...values]);
        const rows = await copyOutRows(
          session,
          `select v, v::timestamptz as t from public.${type}_values order by v`,
        );
        const times = rows.map((row) => {
          const [legacy, golden] = fieldsOf(row);
          // What goes into a golden column means the moment that the server takes it for, in UTC.
          const time = read(legacy ?? '');
          expect(time).toBe(golden);
          return time;
        });
        expect(times).toHaveLength(odd.length + values.length);
        const shuffled = [...times].reverse();
        expect(shuffled.sort(compareTimes)).toEqual(times);
        expect([...times].sort(compareLatestFirst)).toEqual([...times].reverse());
        expect(times.reduce(earlier)).toBe(times[0]);
        expect(times.reduce(later)).toBe(times.at(-1));
      }),
      { numRuns: 3 },
    );
  });

  test('what is read can be stored as timestamptz', async () => {
    await session.execute(
      `create table public.${type}_golden (n int, v timestamptz); create table public.${type}_odd (n int, v ${type})`,
    );
    const lines = odd.map((value, n) => `${n}\t${value}`);
    await copyInLines(session, `public.${type}_odd`, lines);
    const rows = await copyOutRows(session, `select n, v from public.${type}_odd`);
    const golden = rows.map((row) => {
      const [n = null, legacy] = fieldsOf(row);
      return rowOf([n, read(legacy ?? '')]);
    });
    expect(await copyInRows(session, `public.${type}_golden`, golden)).toBe(odd.length);
    const same = `select count(*) as n from public.${type}_golden join public.${type}_odd using (n)`;
    expect(await session.one(`${same} where ${type}_golden.v = ${type}_odd.v::timestamptz`)).toEqual({
      n: String(odd.length),
    });
  });
});

test('null is neither earlier nor later than anything, and comes last', () => {
  const time = bytesOf('timestamptz', '2025-11-18 12:34:56+00');
  const first = bytesOf('timestamptz', '-infinity');
  expect([earlier(NULL, time), earlier(time, NULL), later(NULL, time), later(time, NULL)]).toEqual(
    Array(4).fill(time),
  );
  expect([earlier(NULL, NULL), later(NULL, NULL)]).toEqual([NULL, NULL]);
  expect(compareLatestFirst(NULL, first)).toBeGreaterThan(0);
  expect(compareLatestFirst(first, NULL)).toBeLessThan(0);
  expect(compareLatestFirst(NULL, NULL)).toBe(0);
});

test.each(['text', 'float8', 'time', 'interval', ''])('%s says no moment', (kind) => {
  expect(isMoment(kind)).toBe(false);
});
