import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { conversionFor } from '../../../src/consolidation/conversion-for.js';
import { dateText, timestampText, timestamptzText } from '../../../src/copy-binary/moments.js';
import type { Session } from '../../../src/db/session.js';
import type { ConversionModel, GoldenType } from '../../../src/declare/model.js';
import { zoneOf } from '../../../src/mapping/conversions/zone.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';
import { conversionBench, said } from './round-trip.js';
import { castBench, expectTwins } from './twins.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('moments')).url);
  await session.execute('create domain public.birthday as date');
});

const DAYS = [
  '1970-01-01', '2000-01-01', '2024-02-29', '1999-12-31', '0001-01-01', '0044-03-15 BC', '9999-12-31', '10000-01-01',
  'infinity', '-infinity', '2024-10-27', '2024-03-31',
]; // biome-ignore format: a list
const FAR_DAYS = [...DAYS, '4713-01-01 BC', '294276-12-31', '5874897-12-31', '294277-01-01'];
const TIMES = [
  ...DAYS, '2024-02-29 12:30:00', '2024-02-29 00:00:00.000001', '1969-12-31 23:59:59.999999', '2024-10-27 02:30:00', '2024-03-31 02:30:00', '4713-01-01 00:00:00 BC',
  '294276-12-31 23:59:59.999999', '0001-12-31 23:59:59.5 BC', '2024-01-01 00:00:00.120',
]; // biome-ignore format: a list
const TEXTS = [
  ...DAYS, '2024-02-29 12:30:00', '2024-02-29T12:30:00.000Z', '2024-02-29T12:30:00.123Z', '2024-02-29T12:30:00Z', '2024-02-29T12:30Z', '2024-02-29 12:30:00+00',
  '2024-02-29T12:30:00.123456+05:30', '2024-02-29 12:30:00 -0800', '2024-02-30', '2023-02-29', '2024-13-01', '2024-00-10', '0000-01-01', '24-01-01', '2024-1-1', '', ' ', 'now',
  'today', 'yesterday', 'epoch', '2024-02-29 24:00:00', '2024-02-29 12:60:00', '2024-02-29 12:30:60', '20240229', '29.02.2024', '2024-02-29x', ' 2024-02-29', '2024-02-29T00:00:00',
]; // biome-ignore format: a list

const moment = fc
  .tuple(
    fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }),
    fc.constantFrom('', '.5', '.123', '.123456', '.000001'),
  )
  .map(
    ([seconds, fraction]) => new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19) + fraction,
  );
const day = moment.map((text) => text.slice(0, 10));
const text = fc.oneof(
  day,
  moment,
  moment.map((one) => `${one.slice(0, 19).replace(' ', 'T')}.000Z`),
);

const TYPES: Readonly<
  Record<string, { readonly awkward: readonly string[]; readonly any: fc.Arbitrary<string> }>
> = {
  date: { awkward: FAR_DAYS, any: day },
  'public.birthday': { awkward: FAR_DAYS, any: day },
  timestamp: { awkward: TIMES, any: moment },
  'timestamp(0)': { awkward: TIMES.filter((one) => !one.startsWith('294276')), any: moment },
  timestamptz: { awkward: TIMES, any: moment },
  'timestamptz(3)': { awkward: TIMES.filter((one) => !one.startsWith('294276')), any: moment },
  text: { awkward: TEXTS, any: text },
  'varchar(19)': {
    awkward: TEXTS.filter((one) => one.length < 20),
    any: moment.map((one) => one.slice(0, 19)),
  },
  'char(24)': { awkward: TEXTS.filter((one) => one.length < 25), any: text.map((one) => one.slice(0, 24)) },
};
const GOLDEN: Readonly<Record<'date' | 'timestamp' | 'timestamptz', readonly string[]>> = {
  date: FAR_DAYS,
  timestamp: TIMES,
  timestamptz: TIMES,
};

describe.each(Object.entries(TYPES))('%s', (type, { awkward, any }) => {
  const values = [...awkward, ...fc.sample(any, 60)];
  test.each([
    ['date', undefined], ['date', 'UTC'], ['date', '-08:00'], ['timestamp', undefined], ['timestamp', 'UTC'], ['timestamptz', undefined], ['timestamptz', 'UTC'], ['timestamptz', '+05:30'],
  ] as const)('as %s, in zone %s', async (golden, zone) => {
    const bench = await benchOf(type, golden, zone);
    if (bench === null) return;
    const converted = await expectTwins(session, bench, values, GOLDEN[golden]);
    expect(converted.filter(({ golden: made }) => made !== null).length).toBeGreaterThan(0);
  }); // biome-ignore format: a table
});

/** Null where there is no way from the one to the other without a zone. */
async function benchOf(type: string, golden: GoldenType, zone: string | undefined) {
  const conversion: ConversionModel = zone === undefined ? { kind: 'cast' } : { kind: 'cast', zone };
  const wantsZone =
    zone === undefined &&
    ((golden === 'timestamptz' && /^timestamp(\(|$)|date|birthday/.test(type)) ||
      (golden !== 'timestamptz' && type.startsWith('timestamptz')));
  if (!wantsZone) return castBench(session, type, golden, conversion);
  await expect(castBench(session, type, golden, conversion)).rejects.toThrow('no conversion');
  return null;
}

test('what days and moments become', async () => {
  const become = async (
    type: string,
    golden: GoldenType,
    zone: string | undefined,
    values: readonly string[],
  ) =>
    said(
      await (
        await castBench(session, type, golden, zone === undefined ? { kind: 'cast' } : { kind: 'cast', zone })
      ).convert(values),
    );
  expect(await become('text', 'date', undefined, ['2024-02-29', '2024-02-30', '29.02.2024', 'today'])).toEqual([
    '2024-02-29 exact', null, null, null,
  ]); // biome-ignore format: a list
  expect(await become('timestamp', 'date', undefined, ['2024-02-29', '2024-02-29 12:00:00'])).toEqual([
    '2024-02-29 exact', '2024-02-29',
  ]); // biome-ignore format: a list
  expect(await become('timestamptz', 'date', '-08:00', ['2024-02-29 08:00:00+00', '2024-02-29 07:59:59+00'])).toEqual([
    '2024-02-29 exact', '2024-02-28',
  ]); // biome-ignore format: a list
  expect(await become('timestamp', 'timestamptz', '+05:30', ['2024-02-29 05:30:00', '294276-12-31 23:59:59'])).toEqual([
    '2024-02-29 00:00:00+00 exact', '294276-12-31 18:29:59+00 exact',
  ]); // biome-ignore format: a list
  expect(await become('text', 'timestamptz', undefined, ['2024-02-29T12:30:00.000Z', '2024-02-29T12:30:00+02:00', '2024-02-29 12:30:00'])).toEqual([
    '2024-02-29 12:30:00+00 exact', '2024-02-29 10:30:00+00', null,
  ]); // biome-ignore format: a list
  expect(await become('text', 'timestamptz', 'UTC', ['2024-02-29 12:30:00', '2024-02-29'])).toEqual([
    '2024-02-29 12:30:00+00 exact', '2024-02-29 00:00:00+00',
  ]); // biome-ignore format: a list
});

test.each(['Europe/Berlin', 'America/New_York', 'CET', 'EST5EDT', 'Local', '+5', '+16:00', ''])(
  'clocks of %j are changed, or nobody knows them: refused',
  async (zone) => {
    expect(zoneOf(zone)).toBeNull();
    await expect(
      conversionBench(
        session,
        conversionFor({ kind: 'cast', zone }, 'timestamptz'),
        'timestamp',
        'timestamptz',
      ),
    ).rejects.toThrow('no conversion');
  },
);

test('days and moments are printed as the server prints them', async () => {
  const days = fc.sample(fc.integer({ min: -2_451_545, max: 2_145_031_948 }), 300);
  const seconds = fc.sample(fc.integer({ min: -211_813_488_000, max: 9_223_371_331_199 }), 300);
  const rows = await session.query(
    `select encode(date_send(d), 'hex') as hex, d::text as text, 'date' as kind from (select '2000-01-01'::date + x::int as d from json_array_elements_text($1::text::json) x union all select unnest('{infinity,-infinity}'::date[])) a
     union all select encode(timestamp_send(t), 'hex'), t::text, 'timestamp' from (select '2000-01-01'::timestamp + x::float8 * interval '1 second' + interval '123 microseconds' as t from json_array_elements_text($2::text::json) x union all select unnest('{infinity,-infinity}'::timestamp[])) b
     union all select encode(timestamptz_send(t), 'hex'), t::text, 'timestamptz' from (select '2000-01-01'::timestamptz + x::float8 * interval '1 second' as t from json_array_elements_text($2::text::json) x) c`,
    [JSON.stringify(days), JSON.stringify(seconds)],
  );
  const printers = { date: dateText, timestamp: timestampText, timestamptz: timestamptzText };
  expect(rows.length).toBeGreaterThan(900);
  for (const { hex, text: printed, kind } of rows)
    expect(printers[kind as keyof typeof printers](Buffer.from(String(hex), 'hex').toString('latin1'))).toBe(
      printed,
    );
});
