import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { JSON_DOCUMENTS, JSONB_DOCUMENTS } from '../../fixtures/odd/json.js';
import { TINY_TEXTS } from '../../fixtures/odd/texts.js';
import { DecimalMean } from '../../src/consolidation/decimal-mean.js';
import { jsonNumber, jsonValue } from '../../src/consolidation/json-value.js';
import { NewestByName } from '../../src/consolidation/newest-by-name.js';
import { NULL } from '../../src/copy-binary/values.js';
import type { Session } from '../../src/db/session.js';
import { bytesOf, copyInRows, copyOutRows, fieldsOf, rowOf, textOf } from '../support/binary-rows.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

const at = (day: number) => bytesOf('timestamptz', `2025-01-${String(day).padStart(2, '0')} 00:00:00+00`);

describe('DecimalMean', () => {
  const mean = (fields: readonly string[]) => {
    const found = new DecimalMean({ precision: 5, scale: 4, least: '0', most: '999999999' });
    for (const field of fields) found.enter(field);
    return found.value();
  };

  test('is exact, whatever the order', () => {
    const decimal = fc
      .tuple(fc.nat(9), fc.stringMatching(/^\d{0,12}$/))
      .map(([whole, rest]) => (rest === '' ? String(whole) : `${whole}.${rest}`));
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 40 }), (fields) => {
        const scaled = fields.map((field) => {
          const [whole = '', fraction = ''] = field.split('.');
          return BigInt(whole + fraction.padEnd(12, '0'));
        });
        const sum = scaled.reduce((total, value) => total + value, 0n);
        // floor(mean x 10^4 + 1/2)
        const [top, bottom] = [
          2n * sum + BigInt(fields.length) * 10n ** 8n,
          2n * BigInt(fields.length) * 10n ** 8n,
        ];
        const rounded = top / bottom;
        const expected =
          rounded >= 100_000n ? NULL : `${rounded / 10_000n}.${String(rounded % 10_000n).padStart(4, '0')}`;
        expect(mean(fields)).toBe(expected);
        expect(mean([...fields].reverse())).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [['0.5', '0.5001'], '0.5001'],
    [['0.0000', '0.0001'], '0.0001'],
    [['9.9999'], '9.9999'],
    [['9.9999', '9.99995'], '9.9999'],
    [['9.99995'], NULL],
    [['10'], NULL],
    [[], NULL],
    [[NULL, 'NaN', 'Infinity', '-0.5', '', '1000000000'], NULL],
    [['0.0000000000000001', '0.5000000000000001'], '0.2500'],
    [['1e-05', '0.0001'], '0.0001'],
    [[NULL, '0.25', 'NaN'], '0.2500'],
  ])('%j -> %s', (fields, expected) => {
    expect(mean(fields)).toBe(expected);
  });

  test('of a million values is the mean of all', () => {
    const found = new DecimalMean({ precision: 5, scale: 4, least: '0', most: '999999999' });
    for (let n = 0; n < 1_000_000; n += 1) found.enter(n % 2 === 0 ? '9.9999' : '0.0001');
    expect(found.value()).toBe('5.0000');
  });
});

test('a mean of any numbers is what the server rounds', () => {
  const wide = (values: readonly string[], scale = 2) => {
    const found = new DecimalMean({ precision: 30, scale, least: null, most: null });
    for (const value of values) found.enter(value);
    return found.value();
  };
  expect(wide(['-1', '-2', '0.005'])).toBe('-1.00');
  expect(wide(['-0.005'])).toBe('-0.01');
  expect(wide(['1e3', '12345678901234567890.1234567890123456789'], 0)).toBe('6172839450617284445');
  expect(wide(['9'.repeat(40)])).toBe(NULL);
});

describe('NewestByName', () => {
  type Entry = readonly [name: string, value: string, time: string, id: string];
  const of = (entries: readonly Entry[]) => {
    const found = new NewestByName();
    for (const entry of entries) found.enter(...entry);
    return found;
  };

  test('keeps the newest value of each name; of one time that of the smaller id', () => {
    const entries: Entry[] = [
      ['b', 'old', at(1), 'x'],
      ['b', 'new', at(2), 'y'],
      ['a', 'second', at(1), 'b'],
      ['a', 'first', at(1), 'a'],
      ['c', 'timeless', NULL, 'a'],
      ['c', 'timed', bytesOf('timestamptz', '-infinity'), 'b'],
    ];
    for (const order of [entries, [...entries].reverse()]) {
      const found = of(order);
      expect(found.names()).toBe('["a", "b", "c"]');
      expect(found.object((field) => JSON.stringify(field))).toBe('{"a": "first", "b": "new", "c": "timed"}');
    }
  });

  test('has nothing to say without entries, and no value where the newest has none', () => {
    expect([of([]).names(), of([]).object(String)]).toEqual([NULL, NULL]);
    const found = of([
      ['a', NULL, at(2), 'x'],
      ['a', '1', at(1), 'y'],
    ]);
    expect(found.names()).toBe('["a"]');
    expect(found.object(String)).toBe(NULL);
  });

  test('leaves long evidence to its record', () => {
    const found = of([
      ['long', 'x'.repeat((1 << 14) + 1), at(1), 'a'],
      ['short', 'x'.repeat(1 << 14), at(1), 'a'],
    ]);
    expect(found.names()).toBe('["long", "short"]');
    expect(JSON.parse(found.object((field) => JSON.stringify(field)))).toEqual({
      short: 'x'.repeat(1 << 14),
    });
  });

  test('of very many names keeps the first thousand, and the newest of each, whatever the order', () => {
    const entries = Array.from({ length: 7000 }, (_, n): Entry => {
      const name = String((n * 2_654_435_761) % 5003).padStart(4, '0');
      return [name, String(n), at(1 + (n % 28)), String(n)];
    });
    const expected = of([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
    const names = [...new Set(entries.map(([name]) => name))].sort().slice(0, 1000);
    expect(JSON.parse(expected.names())).toEqual(names);
    for (const order of [
      entries,
      [...entries].reverse(),
      [...entries].sort(([a], [b]) => (a > b ? -1 : 1)),
    ]) {
      expect(of(order).names()).toBe(expected.names());
      expect(of(order).object(String)).toBe(expected.object(String));
    }
  });
});

/** What a document says; jsonb knows no negative zero. */
const withoutSign = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) => (value === 0 ? 0 : value));

describe('on a server', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession((await createTestDatabase('summary')).url);
    await session.execute('create table public.j (n int, v jsonb)');
  });

  /** Puts each value into an object, as an assessment does, and gives what jsonb makes of it. */
  async function stored(json: (field: string) => string, values: readonly string[]): Promise<unknown[]> {
    await session.execute('truncate public.j');
    const rows = values.map((value, n) => {
      const found = new NewestByName();
      found.enter(bytesOf('text', 'é "\\ \n'), bytesOf('text', value), at(1), 'a');
      // The object as it goes into a column: bytes that are text already.
      return rowOf([bytesOf('int4', String(n)), `\x01${found.object(json)}`]);
    });
    await copyInRows(session, 'public.j', rows);
    return (await copyOutRows(session, 'select v from public.j order by n')).map((row) => {
      const [document] = fieldsOf(row);
      const entries = Object.entries(JSON.parse(textOf('jsonb', document ?? '')) as Record<string, unknown>);
      expect(entries.map(([name]) => name)).toEqual(['é "\\ \n']);
      return entries[0]?.[1];
    });
  }

  const nasty = [
    ...JSONB_DOCUMENTS, ...JSON_DOCUMENTS, ...TINY_TEXTS,
    '"\\u0000"', '{"a": "\\ud800"}', '"\\ud83d\\ude00"', '1e400', '1e999999', '{"a": [1E+5]}', `${'9'.repeat(5000)}`,
    `0.${'1'.repeat(16_000)}`, '[1,]', '{a: 1}', '01', '.5', '\ufeff{}',
    '\u00a0{}', '{"model": "3e5", "hash": "1e4f"}', '"\\\\u0000"', '{"é": "日本語"}', '[NaN]',
  ].filter((text) => text.length <= 1 << 14); // biome-ignore format: a list

  test('any evidence is taken: JSON as what it is, other text as text', async () => {
    const values = fc.array(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), {
      minLength: 100,
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(values, async (some) => {
        const texts = [...nasty, ...some.map((text) => text.toWellFormed().replaceAll('\0', ''))];
        const found = await stored(jsonValue, texts);
        found.forEach((value, n) => {
          const text = texts[n] ?? '';
          if (value !== text) expect(value).toEqual(withoutSign(text));
        });
      }),
      { numRuns: 3 },
    );
  });

  test('documents as deep as their length allows are taken', async () => {
    const deep = ['['.repeat(8192) + ']'.repeat(8192), `${'{"a":'.repeat(2700)}1${'}'.repeat(2700)}`];
    expect((await stored(jsonValue, deep)).map((value) => typeof value)).toEqual(['object', 'object']);
  });

  test('words that look like an exponent do not make text of a document', async () => {
    const documents = [
      '{"model": "3e5", "hash": "1e4f"}',
      '{"id": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}',
      '{"1e5": "\\u00e9"}',
      '["\\\\"]',
    ];
    expect(await stored(jsonValue, documents)).toEqual(documents.map((text) => JSON.parse(text)));
  });

  test('any metric is taken: numbers as numbers, with every digit', async () => {
    const numbers = ['0', '1.50', '-2.0000', '12345678901234567890.123', '-0', '0.00001'];
    const others = ['NaN', 'Infinity', '-Infinity', '1e-05', '', '01', '1.', '.5', '+1'];
    expect(await stored(jsonNumber, [...numbers, ...others])).toEqual([
      ...numbers.map(Number).map((n) => n + 0),
      ...others,
    ]);
    expect(jsonNumber('12345678901234567890.10')).toBe('12345678901234567890.10');
  });
});
