import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NULL } from '../../src/copy-binary/values.js';
import {
  Contest,
  compareStanding,
  compareText,
  countValues,
  type Standing,
} from '../../src/transform/dedupe.js';
import { earlier, later } from '../../src/transform/timestamps.js';
import { bytesOf, lying, rowOf } from '../support/binary-rows.js';

const at = (moment: string) => bytesOf('timestamptz', moment);

const MOMENTS = [
  'infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '1999-11-18 12:34:56+00', '2025-11-18 12:34:56+00',
  '2025-11-18 12:34:56.1+00', '2025-11-18 12:34:56.12+00', '10000-01-01 00:00:00+00',
]; // biome-ignore format: a list
const time = fc.constantFrom(NULL, ...MOMENTS.map(at));
const standing: fc.Arbitrary<Standing> = fc.record({
  created: time,
  updated: time,
  values: fc.nat(2),
  identity: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
});
/** Standings of different rows, and the same in another order. */
const permuted = fc
  .uniqueArray(standing, { minLength: 1, maxLength: 6, selector: ({ identity }) => identity })
  .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));

test('the order is total', () => {
  fc.assert(
    fc.property(standing, standing, standing, (a, b, c) => {
      const [ab, ba] = [compareStanding(a, b), compareStanding(b, a)];
      expect(Math.sign(ab)).toBe(-Math.sign(ba) + 0);
      if (ab === 0) expect([a.updated, a.values, a.identity]).toEqual([b.updated, b.values, b.identity]);
      if (ab <= 0 && compareStanding(b, c) <= 0) expect(compareStanding(a, c)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
});

test('the later update wins, then more values, then the smaller id', () => {
  const base = { created: NULL, updated: at('2025-11-18 12:34:56+00'), values: 5, identity: 'b' };
  const wins = (one: Partial<Standing>, other: Partial<Standing>) =>
    expect(compareStanding({ ...base, ...one }, { ...base, ...other })).toBeLessThan(0);
  wins({ updated: at('2025-11-18 12:34:56.000001+00'), values: 1, identity: 'z' }, {});
  wins({ values: 6, identity: 'z' }, {});
  wins({ identity: 'a' }, {});
  wins({ values: 1 }, { updated: NULL });
  wins({ created: at('2000-01-01 00:00:00+00'), identity: 'a' }, { created: at('2025-01-01 00:00:00+00') });
});

test('a contest has one winner and the same times, whatever the order of its rows', () => {
  fc.assert(
    fc.property(permuted, ([rows, others]) => {
      const run = ([first, ...rest]: readonly Standing[]) => {
        const contest = new Contest(first as Standing);
        for (const row of rest) contest.enter(row);
        return contest;
      };
      const [one, other] = [run(rows), run(others)];
      expect(other.best).toEqual(one.best);
      expect([other.created, other.updated]).toEqual([one.created, one.updated]);
      expect(one.best).toEqual([...rows].sort(compareStanding)[0]);
      expect(one.created).toBe(rows.map(({ created }) => created).reduce(earlier));
      expect(one.updated).toBe(rows.flatMap(({ created, updated }) => [created, updated]).reduce(later));
      const claims = rows.filter(({ identity }) => one.claim(identity));
      expect(claims).toEqual([one.best]);
    }),
    { numRuns: 500 },
  );
});

test('of rows that are equal to the last byte one is claimed', () => {
  const row = { created: NULL, updated: NULL, values: 1, identity: 'the whole row' };
  const contest = new Contest<Standing>(row);
  contest.enter({ ...row });
  expect([contest.claim(row.identity), contest.claim(row.identity)]).toEqual([true, false]);
});

test('text is compared byte by byte', () => {
  const words = ['b', 'a', 'B', '', 'é', 'ab', 'Z'].map((word) => Buffer.from(word).toString('latin1'));
  const bytes = [...words].sort((x, y) => Buffer.compare(Buffer.from(x, 'latin1'), Buffer.from(y, 'latin1')));
  expect([...words].sort(compareText)).toEqual(bytes);
});

describe('countValues', () => {
  test.each([
    [['a', 'b'], 2],
    [['a', null], 1],
    [[null, null], 0],
    [[null, ''], 1],
    [[''], 1],
    [[], 0],
    [['\\N', null], 1],
    [[null, '\\Nx'], 1],
    [[null, 'x\\N'], 1],
    [['\xff\xff\xff\xff', null, '\0\0\0\x01', 'x'.repeat(70_000), null], 3],
  ])('%j', (legacy, count) => {
    // The number of fields, and two fields with their lengths.
    const legacyAt = 2 + (4 + 3) + (4 + 5);
    const { view, start, end } = lying(rowOf(['key', 'extra', ...legacy]));
    expect(countValues({ view, legacyAt: start + legacyAt, end })).toBe(count);
  });
});
