import { expect, test } from 'vitest';
import { readOptions } from './options.js';
import { newest } from './postgres.js';
import { markdown } from './table.js';
import { variantsOf } from './variants.js';

test('without options everything is run: plain on every major, the other settings on the oldest and the newest', () => {
  const { majors, settings, files } = readOptions([]);
  expect(files).toEqual([]);
  expect(variantsOf(majors, settings).map((v) => `${v.major} ${v.settings}`)).toEqual([
    ...[14, 15, 16, 17, 18].map((major) => `${major} plain`),
    ...['icu', 'en_US', 'odd'].flatMap((name) => [`14 ${name}`, `18 ${name}`]),
  ]);
});

test('a choice is run in our order, and what is not known is refused', () => {
  expect(readOptions(['--majors', '16,15', '--settings', 'odd', '--files', 'test/verbs,test/db'])).toEqual({
    majors: [15, 16],
    settings: ['odd'],
    files: ['test/verbs', 'test/db'],
    restoresOnly: false,
  });
  expect(() => readOptions(['--majors', '13'])).toThrow('--majors knows 14, 15, 16, 17, 18; not 13');
});

test('the newest version of a major is found by its numbers', () => {
  expect(newest(14, ['14.9.0-beta.9', '14.20.0-beta.15', '14.20.0-beta.16', '15.1.0-beta.1'])).toBe(
    '14.20.0-beta.16',
  );
  expect(() => newest(13, ['14.9.0-beta.9'])).toThrow('no version 13');
});

test('the table says what was run, and why something was not', () => {
  const outcome = { ok: true, files: 2, passed: 10, failed: 0, skipped: 1, seconds: 5, failures: [] };
  expect(
    markdown([
      { major: 18, settings: 'plain', version: '18.4.0', outcome },
      { major: 14, settings: 'icu', version: '14', outcome: { skipped: 'no ICU' } },
    ]),
  ).toBe(`\
| PostgreSQL | settings | result          | files | passed | failed | skipped | seconds |
| ---------- | -------- | --------------- | ----: | -----: | -----: | ------: | ------: |
| 18.4.0     | plain    | passed          |     2 |     10 |      0 |       1 |       5 |
| 14         | icu      | not run: no ICU |       |        |        |         |         |`);
});
