import { describe, expect, test } from 'vitest';
import { table } from '../../../src/cli/render/table.js';
import { displayWidth, pad, truncate, wrap } from '../../../src/cli/render/text.js';
import { PLAIN } from '../../../src/cli/style.js';

describe('text in columns', () => {
  test('wide characters take two columns, accents and colours none', () => {
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('👍')).toBe(2);
    expect(displayWidth('\x1b[31mred\x1b[39m')).toBe(3);
    expect(pad('日', 4)).toBe('日  ');
    expect(pad('7', 3, 'right')).toBe('  7');
  });

  test('truncate never exceeds', () => {
    expect(truncate('opportunities', 6)).toBe('oppor…');
    expect(truncate('日本語', 4)).toBe('日…');
    expect(truncate('fits', 4)).toBe('fits');
  });

  test('wrap keeps the first indent, and indents what follows', () => {
    expect(wrap('  ! one two three four', 12, '    ')).toEqual(['  ! one two', '    three', '    four']);
    expect(wrap('a-word-longer-than-the-line x', 10)).toEqual(['a-word-longer-than-the-line', 'x']);
    expect(wrap('', 10)).toEqual(['']);
  });
});

describe('a table', () => {
  const columns = [
    { title: 'name', flexible: true },
    { title: 'rows', align: 'right' },
  ] as const;

  test('aligns, without blanks at the ends of lines', () => {
    expect(
      table(
        columns,
        [
          ['a', '1,000'],
          ['bcd', ''],
        ],
        PLAIN,
      ),
    ).toEqual(['  name   rows', '  a     1,000', '  bcd']);
  });

  test('cuts the flexible column where the terminal is narrow', () => {
    const [, line] = table(columns, [['x'.repeat(100), '5']], { ...PLAIN, width: 40 });
    expect(displayWidth(line ?? '')).toBeLessThanOrEqual(40);
    expect(line).toMatch(/x…/);
  });

  test('without rows there is none', () => {
    expect(table(columns, [], PLAIN)).toEqual([]);
  });
});
