import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowText } from '../../src/copy-binary/framing.js';
import { RowWriter } from '../../src/copy-binary/row-writer.js';
import { encode, NULL } from '../../src/copy-binary/values.js';
import { Assembler } from '../../src/transform/assemble.js';
import { type Row, RowReader } from '../../src/transform/row.js';
import { fieldsOf, lying, rowOf, textOf } from '../support/binary-rows.js';
import { sourceOf } from './sources.js';

const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed().replaceAll('\0', ''));

/** What an assembler writes: the golden values, and the text of the residue. */
function written(
  assembler: Assembler,
  rows: readonly (Row | null)[],
  fallback: (target: number) => string,
): { readonly golden: string[]; readonly residue: string } {
  const out = new RowWriter();
  // Twice, for what is remembered.
  const [, fields] = [1, 2].map(() => {
    out.clear();
    assembler.write(rows, (target, _rows, to) => to.field(fallback(target)), out);
    assembler.writeResidue(out);
    return fieldsBehind(rowText(out));
  });
  const values = (fields ?? []).map((bytes) => bytes ?? NULL);
  const residue = values.at(-1) ?? NULL;
  return { golden: values.slice(0, -1), residue: residue === NULL ? NULL : residue.slice(1) };
}

/** The fields of a row that lacks the number of them. */
function fieldsBehind(fields: string): (string | null)[] {
  let count = 0;
  for (let at = 0; at < fields.length; count += 1)
    at += 4 + Math.max(0, Buffer.from(fields.slice(at, at + 4), 'latin1').readInt32BE());
  return fieldsOf(`\0${String.fromCharCode(count)}${fields}`);
}

test('the residue says the name and the text of a value, whatever they are', () => {
  /** What is kept of the second of two sources that have a column of this name. */
  const residueOf = (name: string, value: string) => {
    const sources = [
      sourceOf({ table: 'opportunities', golden: [name] }),
      sourceOf({ table: 'app_opportunities', golden: [name] }),
    ];
    const readers = sources.map((source) => new RowReader(source, 1));
    const values = [encode(`not ${value}`), value];
    const rows = values.map(
      (one, n) => readers[n]?.read(lying(rowOf(['key', one === NULL ? null : one]))) ?? null,
    );
    const assembler = new Assembler(sources, readers, [{ name, ddl: 'text' }]);
    return written(assembler, rows, () => NULL).residue;
  };
  fc.assert(
    fc.property(text, text, (name, value) => {
      expect(JSON.parse(textOf('text', residueOf(name, encode(value))))).toEqual({
        [`app_opportunities.${name}`]: value,
      });
    }),
    { numRuns: 500 },
  );
  expect(residueOf('a', NULL)).toBe('{"app_opportunities.a": null}');
  expect(residueOf('a', encode('\\N'))).toBe('{"app_opportunities.a": "\\\\N"}');
});

describe('survivorship', () => {
  const sources = [
    sourceOf({ table: 'opportunities', golden: ['title', 'name'] }),
    sourceOf({ table: 'app_opportunities', golden: ['name', 'title'] }),
  ];
  const readers = sources.map((source) => new RowReader(source, 1));
  const assembler = new Assembler(
    sources,
    readers,
    ['title', 'other', 'name'].map((name) => ({ name, ddl: 'text' })),
  );
  const assemble = (first: readonly (string | null)[] | null, second: readonly (string | null)[] | null) => {
    const rows = [first, second].map((fields, n) =>
      fields === null ? null : (readers[n]?.read(lying(rowOf(['key', ...fields]))) ?? null),
    );
    const { golden, residue } = written(assembler, rows, (target) => `fallback ${target}`);
    return { golden, residue: residue === NULL ? null : (JSON.parse(residue) as unknown) };
  };

  test('the first source that has a value gives it, and the others keep theirs', () => {
    expect(assemble(['t1', 'n1'], ['n2', 't2'])).toEqual({
      golden: ['t1', 'fallback 1', 'n1'],
      residue: { 'app_opportunities.title': 't2', 'app_opportunities.name': 'n2' },
    });
    expect(assemble([null, 'same'], ['same', 't2'])).toEqual({
      golden: ['t2', 'fallback 1', 'same'],
      residue: { 'opportunities.title': null },
    });
  });

  test('a source without a row has nothing to keep', () => {
    expect(assemble(null, ['n2', 't2'])).toEqual({ golden: ['t2', 'fallback 1', 'n2'], residue: null });
    expect(assemble(null, null)).toEqual({
      golden: ['fallback 0', 'fallback 1', 'fallback 2'],
      residue: null,
    });
  });

  test('where nobody has a value there is a fallback, and the rows keep that they had none', () => {
    expect(assemble([null, null], null)).toEqual({
      golden: ['fallback 0', 'fallback 1', 'fallback 2'],
      residue: { 'opportunities.title': null, 'opportunities.name': null },
    });
  });
});
