import { expect, test } from 'vitest';
import { LivePicture } from '../../src/cli/live-picture.js';
import { PLAIN } from '../../src/cli/style.js';

/** What a terminal of some size shows after some pictures: the escapes of a picture, followed as a terminal does. */
function screenAfter(pictures: readonly (readonly string[])[], rows: number, columns: number): string[] {
  const screen: string[] = [''];
  let [row, column] = [0, 0];
  const write = (text: string): void => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is followed
    for (const [token] of text.matchAll(/\x1b\[(\d*)([AJK])|[^\x1b]/g)) {
      if (token.endsWith('A') && token.startsWith('\x1b')) row -= Number(token.slice(2, -1));
      else if (token === '\x1b[K') screen[row] = (screen[row] ?? '').slice(0, column);
      else if (token === '\x1b[J') screen.splice(row, screen.length, (screen[row] ?? '').slice(0, column));
      else if (token === '\r') column = 0;
      else if (token === '\n') {
        row += 1;
        column = 0;
        screen[row] ??= '';
      } else {
        const line = (screen[row] ?? '').padEnd(column);
        screen[row] = line.slice(0, column) + token + line.slice(column + 1);
        column += 1;
        if (column > columns) throw new Error('a line is broken');
      }
      if (row < 0) throw new Error('above the screen');
    }
  };
  const stream = { rows, columns } as NodeJS.WriteStream;
  const none = () => undefined;
  const picture = new LivePicture({
    isTTY: true,
    style: PLAIN,
    stream,
    raw: write,
    lines: none,
    json: none,
    reveal: none,
  });
  for (const lines of pictures) picture.draw(lines);
  return screen.slice(0, -1);
}

test('a picture takes the place of the one before it, shorter or longer', () => {
  expect(screenAfter([['one', 'two', 'three']], 24, 80)).toEqual(['one', 'two', 'three']);
  expect(screenAfter([['long line', 'two', 'three'], ['short']], 24, 80)).toEqual(['short']);
  expect(screenAfter([['a'], ['b', 'c', 'd'], ['e', 'f']], 24, 80)).toEqual(['e', 'f']);
});

test('a line as wide as the screen stays whole', () => {
  const wide = '─'.repeat(80);
  expect(screenAfter([['x'], [wide, 'y']], 24, 80)).toEqual([wide, 'y']);
});

test('what does not fit is cut at the end, and counted', () => {
  const many = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const shown = screenAfter([many, many], 10, 80);
  expect(shown).toHaveLength(9);
  expect(shown.at(-1)).toBe('  … 22 more lines');
});
