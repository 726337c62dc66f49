import { describe, expect, test } from 'vitest';
import { NULL } from '../../fixtures/copy-text.js';
import { detached } from '../../src/transform/dedupe.js';
import { RowReader } from '../../src/transform/row.js';
import { StandingReader } from '../../src/transform/standing.js';
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

function standingOf(values: readonly string[], parts: Partial<Parts> = {}, ranked = true) {
  const source = sourceOf({ read, kinds, rest: ['note'], ...parts });
  const rows = new RowReader(source, 1);
  const reader = new StandingReader(source, rows, TIMES);
  return reader.read(rows.read(['key', ...values].join('\t')), ranked);
}
const day = (n: number) => `2025-01-0${n} 00:00:00+00`;

describe('a standing', () => {
  test('has the earliest creation and the latest update of all columns that say one', () => {
    const row = ['a', day(3), day(2), day(5), '2025-01-01 00:00:00', NULL];
    expect(standingOf(row)).toEqual({
      created: '2025-01-01 00:00:00+00',
      updated: day(5),
      values: 5,
      identity: 'a',
    });
  });

  test('counts the values of the row, where there is more than one to choose from', () => {
    expect(standingOf(['a', NULL, NULL, NULL, NULL, ''])).toEqual({
      created: NULL,
      updated: NULL,
      values: 2,
      identity: 'a',
    });
    expect(standingOf(['a', NULL, NULL, NULL, NULL, ''], {}, false).values).toBe(0);
  });

  test('takes no moment from a column of another type', () => {
    const odd = { kinds: { ...kinds, updated_at: 'text', reviewed_at: 'float8' } };
    expect(standingOf(['a', day(1), 'zzz', '1e300', NULL, NULL], odd)).toMatchObject({
      created: day(1),
      updated: NULL,
    });
  });
});

test('a row is known by its id only where no other row can have it', () => {
  const row = ['a', NULL, NULL, NULL, NULL, 'x'];
  expect(standingOf(row).identity).toBe('a');
  expect(standingOf(row, { keyed: false }).identity).toBe(['key', ...row].join('\t'));
  expect(standingOf(['b', day(1)], { read: ['name', 'created_at'], rest: [] }).identity).toBe(
    `key\tb\t${day(1)}`,
  );
});

test('detached from its row a standing says the same', () => {
  const standing = { created: day(1), updated: NULL, values: 3, identity: 'é\\n\xff' };
  expect(detached(standing)).toEqual(standing);
});
