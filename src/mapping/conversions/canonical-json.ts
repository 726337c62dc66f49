import { compareMembers } from '../../copy-binary/jsonb-order.js';
import { encode } from '../../copy-binary/values.js';
import { decimalOf, printDecimal } from './decimal.js';

/** Deeper documents are left to the residue; the server has a limit of its own. */
const MOST_NESTED = 200;

/** A text that is JSON as jsonb prints it, as people read both; null for what is none, or what jsonb refuses. */
export function canonicalJson(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const reader = new Reader(text);
  return reader.value(0);
}

/** Reads JSON that is known to be some. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): string | null {
    if (depth > MOST_NESTED) return null;
    const token = this.#next();
    if (token === '{') return this.#object(depth);
    if (token === '[') return this.#array(depth);
    if (token.startsWith('"')) return stringOf(token);
    return /^[tfn]/.test(token) ? token : numberOf(token);
  }

  #array(depth: number): string | null {
    const items: string[] = [];
    if (this.#peek() === ']') this.#next();
    else
      do {
        const item = this.value(depth + 1);
        if (item === null) return null;
        items.push(item);
      } while (this.#next() === ',');
    return `[${items.join(', ')}]`;
  }

  #object(depth: number): string | null {
    const members = new Map<string, string>();
    if (this.#peek() === '}') this.#next();
    else
      do {
        const name = stringOf(this.#next());
        this.#next();
        const item = this.value(depth + 1);
        if (name === null || item === null) return null;
        members.set(name, item);
      } while (this.#next() === ',');
    const sorted = [...members].map(([name, item]) => ({
      order: encode(String(JSON.parse(name))),
      text: `${name}: ${item}`,
    }));
    sorted.sort((a, b) => compareMembers(a.order, b.order));
    return `{${sorted.map((member) => member.text).join(', ')}}`;
  }

  #peek(): string {
    const at = this.#at;
    const token = this.#next();
    this.#at = at;
    return token;
  }

  #next(): string {
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.#text)?.[1] ?? '';
    this.#at = TOKEN.lastIndex;
    return token;
  }
}

const TOKEN = /[ \t\n\r]*("(?:[^"\\]|\\.)*"|[[\]{},:]|[^ \t\n\r[\]{},:"]+)/y;

/** Escaped as jsonb does; null for what no text may hold. */
function stringOf(token: string): string | null {
  const value: unknown = JSON.parse(token);
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
    ? JSON.stringify(value)
    : null;
}

/** As numeric prints it. */
function numberOf(token: string): string | null {
  const number = decimalOf(token);
  return number === null ? null : printDecimal(number);
}
