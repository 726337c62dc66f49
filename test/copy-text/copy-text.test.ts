import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  decode,
  encode,
  escapeField,
  NULL,
  splitLine,
  unescapeField,
} from '../../src/copy-text/copy-text.js';
import type { Session } from '../../src/db/session.js';
import { createTestDatabase } from '../support/database.js';
import { decodeLine } from '../support/decode-line.js';
import { copyInLines, copyOutLines, openSession } from '../support/session.js';

/** Bytes as a latin1 string, with what COPY escapes and the letters of its escapes more often than by chance. */
const bytes = fc
  .array(fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\b\f\n\r\t\v\\\\\\nN.bx0', 'latin1'))))
  .map((codes) => String.fromCharCode(...codes));
const text = fc
  .string({
    unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('\\', '\t', '\n', 'N', '.')),
  })
  .map((value) => value.toWellFormed().replaceAll('\0', ''));

test('a field holds any bytes', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const field = escapeField(value);
      expect(unescapeField(field)).toBe(value);
      expect(field).not.toMatch(/[\t\n\r]/);
      expect(field).not.toBe(NULL);
      expect(splitLine(`a\t${field}\tb`)).toEqual(['a', field, 'b']);
    }),
    { numRuns: 1000 },
  );
});

test('a line tells null from everything that looks like it', () => {
  const values = [null, '', '\\N', 'NULL', ' ', '\\.', 'é'];
  const line = values.map((value) => (value === null ? NULL : encode(value))).join('\t');
  expect(decodeLine(line)).toEqual(values);
});

describe('on a server', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession((await createTestDatabase('copy')).url);
    await session.execute('create table public.t (n int, v text)');
  });

  test('it prints the very fields that we make, and reads them as the text that they mean', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 200 }), async (values) => {
        await session.execute('truncate public.t');
        const fields = values.map(encode);
        const copied = await copyInLines(
          session,
          'public.t',
          fields.map((field, n) => `${n}\t${field}`),
        );
        expect(copied).toBe(values.length);
        expect(await copyOutLines(session, 'select v from public.t order by n')).toEqual(fields);
        const rows = await session.query('select v from public.t order by n');
        expect(rows.map(({ v }) => v)).toEqual(values);
        expect(fields.map(decode)).toEqual(values);
      }),
      { numRuns: 5 },
    );
  });

  test('every byte but NUL, in a database that does not look at encodings', async () => {
    const all = Array.from({ length: 255 }, (_, code) => String.fromCharCode(code + 1));
    await session.execute('create table public.b (n int, v bytea)');
    const fields = all.map((byte) => escapeField(`\\x${Buffer.from(byte, 'latin1').toString('hex')}`));
    await copyInLines(
      session,
      'public.b',
      fields.map((field, n) => `${n}\t${field}`),
    );
    expect(await copyOutLines(session, 'select v from public.b order by n')).toEqual(fields);
  });
});
