import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactDeep, redactor } from '../../src/cli/redact.js';
import { printable } from '../../src/format/printable.js';

const nothing = redactor([], {});

describe('redact, without knowing the password', () => {
  test.each([
    ['postgres://app:s3cret@db:5432/x', 'postgres://app:***@db:5432/x'],
    ['to postgresql://app:p@ss:w@rd@db/x failed', 'to postgresql://app:***@db/x failed'],
    ['postgres://:s3cret@/x', 'postgres://:***@/x'],
    ['postgres://app:s3cret/x is wrong', 'postgres://app:***/x is wrong'],
    ['host=db password=s3cret user=app', 'host=db password=*** user=app'],
    ["password='two words' user=app", 'password=*** user=app'],
    ['?sslmode=require&password=s3cret&x=1', '?sslmode=require&password=***&x=1'],
    ['PGPASSWORD=s3cret psql', 'PGPASSWORD=*** psql'],
    ['{"password":"s3\\"cret","user":"app"}', '{"password":"***","user":"app"}'],
  ])('%s', (text, expected) => {
    expect(nothing(text)).toBe(expected);
  });

  test.each([
    'postgres://app@db:5432/x',
    'postgres://db:5432/x',
    'postgres://[::1]:5432/x',
    'password authentication failed for user "app"',
    'see https://example.org/a:b for more',
    '1,234 rows, 12:30:05',
  ])('leaves alone: %s', (text) => {
    expect(nothing(text)).toBe(text);
  });
});

describe('redact, knowing the password', () => {
  test('finds it wherever it stands, raw, decoded or escaped', () => {
    const redact = redactor(['--database-url', 'postgres://app:p%40ss%22w@db/x'], {
      PGPASSWORD: 'other one',
    });
    expect(redact('p%40ss%22w')).toBe('***');
    expect(redact('p@ss"w')).toBe('***');
    expect(redact(JSON.stringify({ x: 'p@ss"w' }))).toBe('{"x":"***"}');
    expect(redact('try (other one)')).toBe('try (***)');
  });

  test('finds it in a URL that is no URL', () => {
    const redact = redactor(['--database-url=postgres://app:s3 cret@[db/x'], {});
    expect(redact('Invalid password: s3 cret')).toBe('Invalid password: ***');
  });

  test('finds it in a list of parameters', () => {
    const redact = redactor([`--database-url=host=db password='it\\'s a secret' user=app`], {
      DATABASE_URL: 'dbname=x password = hidden',
    });
    expect(redact(`tried it's a secret, hidden and password = other`)).toBe(
      'tried ***, *** and password = ***',
    );
    expect(redact('app on db')).toBe('app on db');
  });

  test('leaves longer words alone', () => {
    const redact = redactor([], { PGPASSWORD: 'rows' });
    expect(redact('12 rows of browsers')).toBe('12 *** of browsers');
  });

  test('a password that is also a name is masked only where a password stands', () => {
    const redact = redactor([], { DATABASE_URL: 'postgres://postgres:postgres@localhost/postgres' });
    expect(redact('user "postgres" of postgres://postgres:postgres@localhost/postgres')).toBe(
      'user "postgres" of postgres://postgres:***@localhost/postgres',
    );
  });

  test('property: no password of a URL survives', () => {
    const password = fc
      .string({ unit: 'grapheme', minLength: 3 })
      .filter((text) => !'***'.includes(text) && !['app', 'reddit', 'postgres'].includes(text));
    fc.assert(
      fc.property(password, (secret) => {
        const url = `postgres://app:${encodeURIComponent(secret)}@db:5432/reddit`;
        const redact = redactor(['--database-url', url], {});
        const said = redact(`tried «${secret}» at ${url} (${printable(secret)})`);
        expect(said).toBe('tried «***» at postgres://app:***@db:5432/reddit (***)');
      }),
    );
  });
});

test('redactDeep keeps shape and numbers', () => {
  const redact = redactor([], { PGPASSWORD: '1234' });
  expect(redactDeep({ a: ['x 1234', 1234, null, true], b: { c: 'postgres://u:p@h' } }, redact)).toEqual({
    a: ['x ***', 1234, null, true],
    b: { c: 'postgres://u:***@h' },
  });
});
