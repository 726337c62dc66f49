import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowText } from '../../src/copy-binary/framing.js';
import { NULL } from '../../src/copy-binary/values.js';
import type { SourceRule } from '../../src/mapping/mapping.js';
import { RowBuilder } from '../../src/transform/output.js';
import { fieldAt, type Row, RowReader } from '../../src/transform/row.js';
import { fieldsOf, lying, rowOf } from '../support/binary-rows.js';
import { phaseOf, sourceOf } from './sources.js';

/** Values of text; \xff\xff\xff\xff is what NULL looks like where a length is expected. */
const field = fc.oneof(
  fc.constantFrom(NULL, '', 'x', '\\N', 'é', '\0', '\xff\xff\xff\xff', 'y'.repeat(1500)),
  fc.stringMatching(/^[ -~]{0,6}$/),
);
const bytesOf = (values: readonly string[]) => rowOf(values.map((value) => (value === NULL ? null : value)));
const valuesOf = (row: string) => fieldsOf(row).map((bytes) => bytes ?? NULL);
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
/** How many columns of each kind a source has, at least one in all, and whether its rows are in the unified table. */
const shape = fc
  .record({ golden: fc.nat(3), read: fc.nat(3), rest: fc.nat(3), inUnified: fc.boolean() })
  .filter(({ golden, read, rest }) => golden + read + rest > 0);
const TABLES: readonly SourceRule['table'][] = ['opportunities', 'app_opportunities', 'workflow_results'];

/** Sources, and a row of each (or none). */
const world = fc.integer({ min: 1, max: 3 }).chain((head) =>
  fc.array(shape, { minLength: 1, maxLength: 3 }).chain((shapes) =>
    fc.tuple(
      fc.constant(head),
      fc.constant(shapes),
      fc.tuple(
        ...shapes.map(({ golden, read, rest }) =>
          fc.option(
            fc.array(field, {
              minLength: head + golden + read + rest,
              maxLength: head + golden + read + rest,
            }),
          ),
        ),
      ),
    ),
  ),
);

function unifiedBy(builder: RowBuilder, computed: readonly string[], rows: readonly (Row | null)[]): string {
  const out = builder.begin();
  // One of them by hand, as golden values are.
  out.field(computed[0] ?? NULL);
  builder.computed(1, computed.slice(1));
  return rowText(builder.finish(rows));
}

test('rows are split and put together again, whichever columns a source has', () => {
  fc.assert(
    fc.property(world, fc.array(field, { minLength: 1, maxLength: 3 }), ([head, shapes, given], computed) => {
      const sources = shapes.map(({ golden, read, rest, inUnified }, n) =>
        sourceOf({
          table: TABLES[n] ?? 'opportunities',
          golden: names('g', golden),
          read: names('r', read),
          rest: names('x', rest),
          inUnified,
        }),
      );
      const readers = sources.map((source) => new RowReader(source, head));
      const rows = given.map((fields, n): Row | null =>
        fields === null ? null : (readers[n]?.read(lying(bytesOf(fields))) ?? null),
      );
      const builder = new RowBuilder(phaseOf(sources, computed.length));

      const unified = shapes.flatMap(({ golden, read, rest, inUnified }, n) => {
        if (!inUnified) return [];
        return given[n]?.slice(head + golden) ?? Array<string>(read + rest).fill(NULL);
      });
      expect(valuesOf(unifiedBy(builder, computed, rows))).toEqual([...computed, ...unified]);

      rows.forEach((row, n) => {
        const { golden = 0, read = 0 } = shapes[n] ?? {};
        if (row === null) return;
        const readable = given[n]?.slice(0, head + golden + read) ?? [];
        expect(readable.map((_, at) => row.value(at))).toEqual(readable);
        names('g', golden).forEach((name, at) => {
          expect(fieldAt(row, readers[n]?.indexOf(name) ?? -1)).toBe(given[n]?.[head + at]);
        });
        expect(readers[n]?.indexOf('x0')).toBe(-1);
        const kept = shapes.flatMap((one, other) => {
          const width = one.golden + one.read + one.rest;
          return other === n ? (given[n]?.slice(head) ?? []) : Array<string>(width).fill(NULL);
        });
        expect(valuesOf(rowText(builder.folded(n, 'id', 'key', row)))).toEqual([
          TABLES[n],
          'key',
          'id',
          ...kept,
        ]);
      });
    }),
    { numRuns: 500 },
  );
});

test('a field that is not there is null', () => {
  const reader = new RowReader(sourceOf({ read: ['a'] }), 1);
  const row = reader.read(lying(rowOf(['key', 'x'])));
  expect([fieldAt(row, reader.indexOf('a')), fieldAt(row, reader.indexOf('b')), fieldAt(null, 1)]).toEqual([
    'x',
    NULL,
    NULL,
  ]);
});

describe('rows of one key', () => {
  const reader = new RowReader(sourceOf({ read: ['a'] }), 1);
  test.each([0, 1, 64, 65, 1000])('can be gone through again and again: %i', (count) => {
    const given = Array.from({ length: count }, (_, n) => lying(rowOf(['key', String(n)])));
    let passes = 0;
    const set = reader.readAll({
      count,
      [Symbol.iterator]() {
        passes += 1;
        return given[Symbol.iterator]();
      },
    });
    expect(set.count).toBe(count);
    for (let pass = 0; pass < 3; pass += 1) expect([...set].map(rowText)).toEqual(given.map(rowText));
    // Few rows are split once; many are not kept.
    expect(passes).toBe(count > 64 ? 3 : 1);
  });
});
