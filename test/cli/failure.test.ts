import { describe, expect, test } from 'vitest';
import { failureDocument, failureOf, renderFailure } from '../../src/cli/failure.js';
import { PLAIN } from '../../src/cli/style.js';
import { DrydockError, StoppedError } from '../../src/errors.js';

const shown = (error: unknown, verbose = false): string =>
  renderFailure(failureOf(error), { ...PLAIN, width: Number.POSITIVE_INFINITY }, verbose).join('\n');

class PostgresLikeError extends Error {
  readonly severity = 'ERROR';
  readonly code = '23505';
  readonly table = 'orders';
  readonly constraint = 'orders_pkey';
  readonly detail = 'Key (email)=(ann@example.org) already exists.';
}

describe('a failure', () => {
  const expected = new DrydockError({
    code: 'missing-columns',
    what: 'The table opportunities has no column id.',
    state: 'Nothing was written.',
    next: 'Add the column.',
    detail: 'row data',
    cause: new Error('the reason'),
  });

  test('says what is wrong, the state of the data, and what to do, without a stack', () => {
    expect(shown(expected)).toBe(
      'drydock: The table opportunities has no column id.\n  State: Nothing was written.\n  Next:  Add the column.',
    );
  });

  test('shows what is behind it when asked', () => {
    const text = shown(expected, true);
    expect(text).toContain('detail: row data');
    expect(text).toContain('the reason');
    expect(text).toMatch(/ at .*failure\.test/);
  });

  test('has its exit status', () => {
    expect(failureOf(expected).exitStatus).toBe(2);
    expect(failureOf(new StoppedError('Batches 1..3 are loaded.')).exitStatus).toBe(3);
  });

  test('as a document has five members', () => {
    expect(failureDocument(failureOf(expected))).toEqual({
      error: {
        code: 'missing-columns',
        retry: false,
        message: 'The table opportunities has no column id.',
        state: 'Nothing was written.',
        next: 'Add the column.',
      },
    });
  });

  test('that was not foreseen is called a defect', () => {
    expect(shown(new TypeError('x is undefined'))).toMatch(
      /This is a defect of Drydock: x is undefined\.\n.*\n {2}Next: {2}.*--verbose/,
    );
    expect(failureOf(new TypeError('x')).exitStatus).toBe(2);
    expect(failureOf('thrown text').exitStatus).toBe(2);
    expect(failureOf(undefined).exitStatus).toBe(2);
  });

  test('of the server names SQLSTATE, table and constraint, and no row data', () => {
    const text = shown(new PostgresLikeError('duplicate key value (ann@example.org)'));
    expect(text).toContain('SQLSTATE 23505, table orders, constraint orders_pkey');
    expect(text).not.toContain('ann@example.org');
    expect(shown(new PostgresLikeError('x'), true)).toContain('ann@example.org');
  });

  test('of which there are several: the first one is told, the others are behind it', () => {
    const both = new AggregateError([expected, new Error('and the clean-up')], 'both');
    expect(failureOf(both).code).toBe('missing-columns');
    expect(shown(both, true)).toContain('and the clean-up');
  });

  test('cannot move the cursor', () => {
    expect(
      shown(new DrydockError({ code: 'usage', what: 'table "a\x1b[2J\nb"', state: '', next: '' })),
    ).toContain(String.raw`table "a\x1b[2J\nb"`);
  });
});
