import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { generatedName, ident, literal, MAX_NAME_BYTES, qualified } from '../../src/db/identifier.js';
import type { Session } from '../../src/db/session.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { needsOlderServer } from '../support/version.js';

const anyText = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\0', ''));

test.each([
  ['empty', ''],
  ['64 bytes', 'x'.repeat(64)],
  ['63 characters of 64 bytes', `é${'x'.repeat(62)}`],
  ['16 emoji', '\u{1F680}'.repeat(16)],
  ['NUL', 'a\0b'],
])('a name that Postgres would cut or refuse is refused: %s', (_why, name) => {
  expect(() => ident(name)).toThrow(expect.objectContaining({ code: 'bad-name' }) as Error);
});

describe('generatedName', () => {
  test('short names are joined, long ones end in a hash of the whole', () => {
    expect(generatedName('opportunities', 'title')).toBe('opportunities_title');
    const [a, b] = [generatedName('t', `${'x'.repeat(70)}a`), generatedName('t', `${'x'.repeat(70)}b`)];
    expect(a).not.toBe(b);
    expect(Buffer.byteLength(a)).toBe(MAX_NAME_BYTES);
    expect(generatedName('t', `${'x'.repeat(70)}a`)).toBe(a);
  });

  test('a name always fits, is well formed, and other parts give another one', () => {
    const part = fc.oneof(
      anyText,
      fc.string({ unit: fc.constantFrom('\u{1F680}', 'é', 'x'), minLength: 20, maxLength: 63 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(part, { minLength: 2, maxLength: 5 }), (parts) => {
        const names = parts.map((one) => generatedName('opportunity_scores', one));
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) {
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(MAX_NAME_BYTES);
          // Half a surrogate pair would reach the server as another character than the one that we look for.
          expect(name.isWellFormed()).toBe(true);
          ident(name);
        }
      }),
    );
  });
});

describe('on a server', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession((await createTestDatabase('names')).url);
  });

  test('a quoted name means that very name', async () => {
    const names = [
      'plain',
      'Upper',
      'a "quoted" one',
      'a.b',
      "it's",
      '%s',
      '\\',
      '\n',
      '日本語',
      'select',
      '"',
      'x'.repeat(63),
    ];
    for (const name of names) {
      const row = await session.one(`select 1 as ${ident(name)}`);
      expect(Object.keys(row)).toEqual([name]);
    }
    await session.execute(`create schema ${ident('a.b')}; create table ${qualified('a.b', 'c"d')} ()`);
    expect(
      await session.query(`select relname from pg_class where relnamespace = '"a.b"'::regnamespace`),
    ).toEqual([{ relname: 'c"d' }]);
  });

  test.each(['on', 'off'])(
    'a literal means that very text, with standard_conforming_strings %s',
    async (setting) => {
      if (setting === 'off') needsOlderServer(19, 'strings with backslashes as escapes');
      const warning = setting === 'off' ? 'set escape_string_warning = off' : '';
      await session.execute(`set standard_conforming_strings = ${setting}; ${warning}`);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(anyText, fc.constantFrom('\\', "\\'", "'", "''", '\\n')), { minLength: 1 }),
          async (texts) => {
            const columns = texts.map((text, index) => `${literal(text)} as c${index}`);
            expect(Object.values(await session.one(`select ${columns.join(', ')}`))).toEqual(texts);
          },
        ),
      );
      await session.execute('set standard_conforming_strings = on');
    },
  );
});
