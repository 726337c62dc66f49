import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt } from '../../../src/cli/render/excerpt.js';
import { displayWidth } from '../../../src/cli/render/text.js';
import { PLAIN } from '../../../src/cli/style.js';

const ROOM = 40;
const show = (legacy: string | null, unified: string | null) => excerpt(legacy, unified, ROOM, PLAIN);

describe('excerpt', () => {
  test('short values are shown whole', () => {
    expect(show('72.12', '72.120')).toEqual({ legacy: "'72.12'", unified: "'72.120'", remark: '' });
    expect(show(null, '')).toEqual({ legacy: 'NULL', unified: "''", remark: '' });
  });

  test('long values are cut around the first difference', () => {
    const { legacy, unified, remark } = show(`${'a'.repeat(500)}X${'b'.repeat(500)}`, 'a'.repeat(500));
    expect(legacy).toMatch(/^…'a+Xb+'…$/);
    expect(unified).toMatch(/^…'a+'$/);
    expect(remark).toBe("differ at character 501: 'X' | the end");
  });

  test('what looks the same is told apart', () => {
    expect(show('cafe\u0301', 'caf\u00e9').remark).toBe("differ at character 4: 'e' | U+00E9");
    expect(show('p\u0430y', 'pay').remark).toBe("differ at character 2: U+0430 | 'a'");
  });

  test('invisible characters are shown', () => {
    expect(show('a\n', 'a\r\n')).toMatchObject({ legacy: String.raw`'a\n'`, unified: String.raw`'a\r\n'` });
    expect(show('a\u200bb', 'ab').legacy).toBe(String.raw`'a\u{200b}b'`);
  });

  test('characters outside the basic plane are counted once and never cut in two', () => {
    const emoji = '👍'.repeat(100);
    const { legacy, remark } = show(`${emoji}👍`, `${emoji}👎`);
    expect(remark).toBe('differ at character 101: U+1F44D | U+1F44E');
    expect(legacy).not.toContain('\\u{d');
  });

  test('a megabyte is no burden', () => {
    const long = 'x'.repeat(1 << 20);
    expect(show(long, `${long.slice(0, -1)}y`).remark).toBe("differ at character 1048576: 'x' | 'y'");
  });

  test('property: fits, and different values look different', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\u{e0041}', '\n', "'", 'x'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 200,
    });
    fc.assert(
      fc.property(text, text, text, (start, a, b) => {
        fc.pre(a !== b);
        const shown = show(start + a, start + b);
        expect(displayWidth(shown.legacy)).toBeLessThanOrEqual(ROOM);
        expect(displayWidth(shown.unified)).toBeLessThanOrEqual(ROOM);
        expect(shown.legacy).not.toBe(shown.unified);
      }),
    );
  });
});
