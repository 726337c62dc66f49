import { html, type Markup, NOTHING } from './markup.js';

/** A drawing at two widths, because text in a drawing shrinks with it: one for a phone, one for everything else. */
export const WIDE = 900;
export const NARROW = 350;

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: Markup | readonly Markup[];
}

/**
 * A figure: its caption, the drawing, and what it says in words for those who do not see it.
 *
 * @param draw pure; called once for each width
 */
export function figure(parts: {
  readonly caption: Markup;
  /** The text alternative. */
  readonly says: string;
  readonly draw: (width: number) => Drawing;
  readonly key?: Markup;
  readonly table?: Markup;
}): Markup {
  return html`<figure>
<figcaption>${parts.caption}</figcaption>
${parts.key ?? NOTHING}${svg(parts.draw(WIDE), 'wide', parts.says)}
${svg(parts.draw(NARROW), 'narrow', parts.says)}
${parts.table === undefined ? NOTHING : html`<details><summary>The same as a table</summary>${parts.table}</details>`}
</figure>`;
}

function svg({ width, height, body }: Drawing, shown: 'wide' | 'narrow', says: string): Markup {
  return html`<svg class="${shown}" role="img" aria-label="${says}" viewBox="0 0 ${width} ${Math.ceil(height)}" xmlns="http://www.w3.org/2000/svg">${body}</svg>`;
}

/** What the colours mean. */
export function colourKey(entries: readonly (readonly [colour: string, meaning: string])[]): Markup {
  const items = entries.map(
    ([colour, meaning]) =>
      html`<li><svg aria-hidden="true" viewBox="0 0 10 10"><rect class="f-${colour}" width="10" height="10" rx="2"/></svg>${meaning}</li>`,
  );
  return html`<ul class="key">${items}</ul>`;
}

/** A coordinate, with as many digits as can be seen. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
