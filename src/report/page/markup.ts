import { printable } from '../../format/printable.js';

/** A piece of HTML or SVG that is safe as it stands. Only `html` makes one. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Value = string | number | Markup | null | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Builds markup from a template. Every text that is put in is escaped, for an element's content and for a quoted
 * attribute alike; what a reader could not see, or would read in another order, is shown as an escape.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.map(
    (text, index) => text + (index < values.length ? insert(values[index] ?? null) : ''),
  );
  return new Markup(parts.join(''));
}

function insert(value: Value): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'object') return value.map(String).join('');
  return printable(String(value)).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** Nothing at all, where a piece is left out. */
export const NOTHING: Markup = new Markup('');
