import { expect, test } from 'vitest';
import { serverNotes } from '../../src/plan/server-notes.js';

const notes = (number: number, hasPartitioned = false) =>
  serverNotes({ number, version: `${Math.floor(number / 10_000)}.${number % 10_000}`, hasPartitioned });

test('a release with a known fault of capture is named, with what it costs and where it is mended', () => {
  expect(notes(150_015)).toEqual([
    expect.stringMatching(
      /^PostgreSQL 15\.15 .* not captured, and sync does not know.* 15\.16 or newer, or verify/,
    ),
  ]);
  expect(notes(150_016)).toEqual([]);
  expect(notes(150_018, true)).toEqual([
    expect.stringMatching(/^PostgreSQL 15\.18 .*partitioned.* 15\.20 or newer/),
  ]);
  expect(notes(150_015, true)).toHaveLength(2);
  expect(notes(150_020, true)).toEqual([]);
  expect(notes(140_001, true)).toEqual([]);
});

test('a server newer than any tested one is named, and nothing else is said of it', () => {
  expect(notes(190_000, true)).toEqual([
    expect.stringMatching(/^PostgreSQL 19\.0 is newer than any that Drydock was tested with \(18\)/),
  ]);
});
