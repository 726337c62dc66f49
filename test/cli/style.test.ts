import { expect, test } from 'vitest';
import { scanGlobals } from '../../src/cli/globals.js';
import { styleFor } from '../../src/cli/style.js';

const coloured = (stream: object, color: boolean, env: Record<string, string>): boolean =>
  styleFor(stream, color, env).colors.red('x') !== 'x';

test('colour is for terminals, and for nobody who does not want it', () => {
  const terminal = { isTTY: true, columns: 100 };
  expect(coloured(terminal, true, {})).toBe(true);
  expect(coloured(terminal, false, {})).toBe(false);
  expect(coloured(terminal, true, { NO_COLOR: '1' })).toBe(false);
  expect(coloured(terminal, true, { TERM: 'dumb' })).toBe(false);
  expect(coloured({}, true, {})).toBe(false);
  expect(coloured({}, true, { CI: 'true' })).toBe(false);
  expect(coloured({}, true, { FORCE_COLOR: '1' })).toBe(true);
  expect(coloured({}, true, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
});

test('the width is the terminal’s, within reason', () => {
  expect(styleFor({ isTTY: true, columns: 40 }, true, {}).width).toBe(60);
  expect(styleFor({ isTTY: true, columns: 300 }, true, {}).width).toBe(120);
  expect(styleFor({ isTTY: true, columns: 97 }, true, {}).width).toBe(97);
  expect(styleFor({}, true, {}).width).toBe(80);
});

test('the global switches are found anywhere before --', () => {
  expect(scanGlobals(['run', '--json', '--log-format', 'json'])).toEqual({
    json: true,
    verbose: false,
    color: true,
    logFormat: 'json',
  });
  expect(scanGlobals(['--verbose', '--no-color', '--', '--json'])).toEqual({
    json: false,
    verbose: true,
    color: false,
    logFormat: 'text',
  });
});
