import { html, Markup, NOTHING } from './markup.js';

export interface TableColumn {
  readonly title: string;
  readonly kind?: 'n' | 'hash' | 'long' | 'tick';
}

export type Cell = string | number | Markup;

/** A table that scrolls by itself where it is too wide. The first cell of a row is its heading. */
export function table(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  options: { readonly sum?: readonly Cell[] } = {},
): Markup {
  const cells = (row: readonly Cell[]) =>
    row.map((cell, index) => {
      const kind = columns[index]?.kind ?? '';
      return index === 0
        ? html`<th scope="row">${shown(cell)}</th>`
        : html`<td class="${kind}">${shown(cell)}</td>`;
    });
  const heads = columns.map(
    ({ title, kind }) => html`<th scope="col" class="${kind === 'n' ? 'n' : ''}">${title}</th>`,
  );
  const body = rows.map((row) => html`<tr>${cells(row)}</tr>\n`);
  const sum = options.sum === undefined ? NOTHING : html`<tr class="sum">${cells(options.sum)}</tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption><span>${caption}</span></caption>
<thead><tr>${heads}</tr></thead>
<tbody>${body}${sum}</tbody>
</table></div>`;
}

function shown(cell: Cell): Markup {
  return cell instanceof Markup ? cell : html`${cell}`;
}

/** A tick or a cross that is read out, too. */
export function tick(ok: boolean, words: readonly [yes: string, no: string]): Markup {
  return ok
    ? html`<span class="mark">✔</span> ${words[0]}`
    : html`<span class="mark no">✖</span> ${words[1]}`;
}
