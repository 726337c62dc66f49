import { beforeAll, expect, test } from 'vitest';
import { conversionFor } from '../../../src/consolidation/conversion-for.js';
import type { Session } from '../../../src/db/session.js';
import type { ConversionModel, GoldenType } from '../../../src/declare/model.js';
import { readTable } from '../../../src/legacy/catalog.js';
import { isPrinted } from '../../../src/mapping/conversions/unless.js';
import { unlessBlank } from '../../../src/mapping/conversions/unless-blank.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';
import { ALONE, conversionBench, said } from './round-trip.js';
import { NASTY_TEXTS } from './texts.js';
import { castBench, expectTwins } from './twins.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('unless')).url);
  await session.execute(`create type public.mood as enum ('sad', 'ok')`);
});

const unless = (is: string, of: ConversionModel = { kind: 'cast' }): ConversionModel => ({
  kind: 'unless',
  is,
  of,
});

test.each<[type: string, golden: GoldenType, is: string, values: readonly string[], others: readonly string[]]>([
  ['text', 'text', 'en', ['en', 'EN', ' en', 'de', ''], ['en', 'x', '']],
  ['varchar(3)', 'text', '', ['', ' ', 'en'], ['', 'much too long']],
  ['char(4)', 'text', 'en', ['en', 'de', ''], ['en', 'en ', 'x']],
  ['public.mood', 'text', 'sad', ['sad', 'ok'], ['sad', 'ok', 'other']],
  ['boolean', 'boolean', 'f', ['t', 'f'], ['true', 'false']],
  ['smallint', 'integer', '0', ['0', '1', '-1'], ['0', '5', '40000']],
  ['numeric(10,2)', 'numeric', '0.00', ['0', '0.01', '-5'], ['0', '0.00', '0.004', '1e12', '7']],
  ['numeric', 'numeric', '0', ['0', '0.0', '0.00'], ['0', '0.0', '1']],
  ['date', 'date', '1970-01-01', ['1970-01-01', '1969-12-31', 'infinity'], ['1970-01-01', '2024-02-29']],
  ['uuid', 'uuid', '00000000-0000-0000-0000-000000000000', ['00000000-0000-0000-0000-000000000000', '0a000000-0000-0000-0000-000000000001'], ['00000000-0000-0000-0000-000000000000']],
])('a default of %s is not stored, and comes back', async (type, golden, is, values, others) => {
  const bench = await castBench(session, type, golden, unless(is));
  const converted = await expectTwins(session, bench, values, others);
  const nothing = converted.filter(({ golden: made }) => made === null);
  expect(nothing.length).toBeGreaterThan(0);
  // What no golden value becomes again.
  const { back, given } = await session.one(
    `select concat(${bench.conversion.inverse(`(null::${golden})`, ALONE)}) as back, concat(${`'${is}'::${type}`}) as given`,
  );
  expect(back).toBe(given);
  expect(bench.conversion.none?.(String(given).replace(/ +$/, ''))).toBe(true);
}); // biome-ignore format: a table

test.each<[type: string, is: string, isOne: boolean]>([
  ['numeric(10,2)', '0', false],
  ['numeric(10,2)', '0.00', true],
  ['numeric', '1.50', true],
  ['numeric', '01.5', false],
  ['integer', '0.0', false],
  ['integer', 'none', false],
  ['boolean', 'false', false],
  ['uuid', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', false],
  ['date', 'today', false],
])('%s prints a default as %s: %s', async (type, is, isOne) => {
  await session.execute(`drop table if exists public.printing; create table public.printing (v ${type})`);
  const column = (await readTable(session, 'public', 'printing'))?.columns[0];
  if (column === undefined) throw new Error('no column');
  expect(isPrinted(is, column.type)).toBe(isOne);
  const given = await session.query(`select concat('${is}'::${type}) as v`).then(
    ([row]) => row?.v,
    () => null,
  );
  expect(given === is).toBe(isOne);
}); // biome-ignore format: a table

test.each(['text', 'varchar(20)', 'char(20)', 'public.mood'])('blanks of %s are no value', async (type) => {
  const rule = unlessBlank(conversionFor({ kind: 'cast' }, 'text'));
  const bench = await conversionBench(session, rule, type, 'text');
  const blanks = ['', ' ', '\t\n\v\f\r '];
  const values = type === 'public.mood' ? ['sad'] : [...blanks, ' x', '\u00a0', '\u2003', ...NASTY_TEXTS.map((one) => [...one].slice(0, 20).join(''))];
  const converted = await expectTwins(session, bench, values, [...blanks, ' x ', '\u00a0']);
  expect(said(converted).slice(0, type === 'public.mood' ? 0 : 3)).toEqual(type === 'public.mood' ? [] : [null, null, null]);
  expect(converted.filter(({ golden }) => golden === '\u00a0').length).toBe(type === 'public.mood' ? 0 : 1);
}); // biome-ignore format: long lists
