import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NULL } from '../../src/copy-binary/values.js';
import { Contest } from '../../src/transform/dedupe.js';
import { Row, RowReader } from '../../src/transform/row.js';
import { StandingReader } from '../../src/transform/standing.js';
import { TimeSpan } from '../../src/transform/time-span.js';
import { bytesOf, lying, rowOf } from '../support/binary-rows.js';
import { type Parts, sourceOf } from './sources.js';

const TIMES = {
  created: ['created_at', 'processed_at'],
  updated: ['updated_at', 'reviewed_at', 'processed_at'],
};
const read = ['id', 'created_at', 'updated_at', 'reviewed_at', 'processed_at'];
const kinds = {
  id: 'uuid',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  reviewed_at: 'timestamptz',
  processed_at: 'timestamp',
};

/** A row of values as they are printed. */
function bytesFor(source: ReturnType<typeof sourceOf>, values: readonly (string | null)[]): string {
  const fields = values.map((value, n) =>
    value === null ? null : bytesOf(source.extracted[n]?.type.kind ?? '', value),
  );
  return rowOf(['key', ...fields]);
}

function standingOf(values: readonly (string | null)[], parts: Partial<Parts> = {}, ranked = true) {
  const source = sourceOf({ read, kinds, rest: ['note'], ...parts });
  const rows = new RowReader(source, 1);
  const reader = new StandingReader(source, rows, TIMES);
  return reader.read(rows.read(lying(bytesFor(source, values))), ranked);
}
const day = (n: number) => `2025-01-0${n} 00:00:00+00`;
const at = (moment: string) => bytesOf('timestamptz', moment);
const A = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';

describe('a standing', () => {
  test('has the earliest creation and the latest update of all columns that say one', () => {
    const row = [A, day(3), day(2), day(5), '2025-01-01 00:00:00', null];
    expect(standingOf(row)).toEqual({
      created: at('2025-01-01 00:00:00+00'),
      updated: at(day(5)),
      values: 5,
      identity: bytesOf('uuid', A),
    });
  });

  test('counts the values of the row, where there is more than one to choose from', () => {
    expect(standingOf([A, null, null, null, null, ''])).toEqual({
      created: NULL,
      updated: NULL,
      values: 2,
      identity: bytesOf('uuid', A),
    });
    expect(standingOf([A, null, null, null, null, ''], {}, false).values).toBe(0);
  });

  test('takes no moment from a column of another type', () => {
    const odd = { kinds: { ...kinds, updated_at: 'text', reviewed_at: 'float8' } };
    expect(standingOf([A, day(1), 'zzz', '1e300', null, null], odd)).toMatchObject({
      created: at(day(1)),
      updated: NULL,
    });
  });
});

test('a row is known by its id only where no other row can have it', () => {
  const row = [A, null, null, null, null, 'x'];
  const id = bytesOf('uuid', A);
  expect(standingOf(row).identity).toBe(id);
  expect(standingOf(row, { keyed: false }).identity).toBe(rowOf(['key', id, null, null, null, null, 'x']));
  expect(standingOf(['b', day(1)], { read: ['name', 'created_at'], rest: [] }).identity).toBe(
    rowOf(['key', 'b', at(day(1))]),
  );
});

describe('times that are read where they lie', () => {
  const moments = [
    '-infinity',
    'infinity',
    '0044-03-15 12:00:00+00 BC',
    day(1),
    day(2),
    `${day(2).slice(0, -3)}.000001+00`,
  ];
  const days = [day(1).slice(0, 10), day(2).slice(0, 10), '1999-12-31'];
  const some = (values: readonly string[]) => fc.option(fc.constantFrom(...values));

  test.each(['timestamptz', 'date'])('are those that a contest of the same rows finds: %s', (updatedAt) => {
    const source = sourceOf({ read, kinds: { ...kinds, updated_at: updatedAt } });
    const row = fc.tuple(
      ...read.slice(1).map((name) => some(name === 'updated_at' && updatedAt === 'date' ? days : moments)),
    );
    const rows = new RowReader(source, 1);
    const reader = new StandingReader(source, rows, TIMES);
    expect(reader.readsInPlace).toBe(updatedAt !== 'date');
    const span = new TimeSpan();
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (times) => {
        span.clear();
        let contest: Contest | undefined;
        // One row is read into the place of the other.
        const one = new Row(rows);
        for (const values of times) {
          one.read(lying(bytesFor(source, [A, ...values])));
          reader.readTimes(one, span);
          const standing = reader.read(one, true);
          if (contest === undefined) contest = new Contest(standing);
          else contest.enter(standing);
        }
        expect([span.created, span.updated]).toEqual([contest?.created, contest?.updated]);
      }),
      { numRuns: 500 },
    );
  });

  test('are no dates, which are not sent as moments', () => {
    const readsInPlace = (kind: string) => {
      const source = sourceOf({ read, kinds: { ...kinds, updated_at: kind } });
      return new StandingReader(source, new RowReader(source, 1), TIMES).readsInPlace;
    };
    // A column of any other type tells no time.
    expect(['date', 'timestamp', 'text'].map(readsInPlace)).toEqual([false, true, true]);
  });
});
