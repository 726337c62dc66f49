import { printable } from '../format/printable.js';

/** A string of TypeScript. */
export function stringOf(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(
      /[\p{Cc}\u2028\u2029]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `'${escaped}'`;
}

const PLAIN = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** A member's name, in quotes where it needs them. */
export function memberName(name: string): string {
  return PLAIN.test(name) && name !== '__proto__' ? name : stringOf(name);
}

/** A member of a variable. */
export function accessTo(variable: string, name: string): string {
  return PLAIN.test(name) ? `${variable}.${name}` : `${variable}[${stringOf(name)}]`;
}

/** A comment at the end of a line; what is not sure begins with a question mark. */
export function comment(why: string, sure: boolean): string {
  const text = printable(why.replace(/\s+/g, ' ').trim());
  if (text === '' && sure) return '';
  return ` // ${sure ? '' : '? '}${text}`.trimEnd();
}

/** A list of strings in brackets. */
export function listOf(items: readonly string[]): string {
  return `[${items.map(stringOf).join(', ')}]`;
}

/** Lines of a comment of its own, cut at blanks. */
export function commentLines(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(/\s+/)) {
    if (line !== '' && `${indent}// ${line} ${word}`.length > 110) {
      lines.push(`${indent}// ${line}`);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, `${indent}// ${line}`];
}
