import type { BatchMap } from '../../reports/monitor.js';
import { CELL_KINDS, CELL_NAMES, type CellKind, drawCell, palette } from './cells.js';
import { color, h, setText } from './dom.js';
import { type Grid, gridFor } from './grid.js';
import { count } from './words.js';

/**
 * The map of a phase's batches: a cell for each, or for several where there are very many. One canvas, so that
 * thousands stay smooth; the same in words for those who do not see it, and a cursor for the keyboard.
 */
export class BatchMapView {
  readonly element: HTMLElement;
  readonly #canvas = h('canvas', { 'aria-hidden': 'true' });
  readonly #frame: HTMLElement;
  readonly #detail = h('output');
  readonly #legend = h('ul', { class: 'legend' });
  #cells: readonly CellKind[] = [];
  #first = 1;
  #grid: Grid = gridFor(0, 1);
  #cursor: number | null = null;
  #drawn = '';

  constructor(phase: string) {
    this.#frame = h(
      'div',
      {
        tabindex: '0',
        role: 'group',
        'aria-label': `Map of the batches of ${phase}; arrow keys go from batch to batch`,
      },
      this.#canvas,
    );
    this.element = h(
      'div',
      { class: 'map' },
      this.#frame,
      h('div', { class: 'map-foot' }, this.#legend, this.#detail),
    );
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
    this.#frame.addEventListener('blur', () => this.#point(null));
    this.#canvas.addEventListener('pointermove', (event) => this.#point(this.#cellAt(event)));
    this.#canvas.addEventListener('pointerdown', (event) => this.#point(this.#cellAt(event)));
    this.#canvas.addEventListener('pointerleave', () => this.#point(null));
    new ResizeObserver(() => this.redraw()).observe(this.element);
  }

  update({ first, marks }: BatchMap, verified: boolean): void {
    const key = `${verified}${first}${marks}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#first = first;
    this.#cells = [...marks].map((mark) => (mark === '#' && verified ? 'verified' : (mark as CellKind)));
    this.#tell();
    this.redraw();
  }

  /** Draws all cells, in the colours and the width that there are now. */
  redraw(): void {
    const width = Math.floor(this.element.clientWidth);
    if (width === 0) return;
    this.#grid = gridFor(this.#cells.length, width);
    const { height, size, gap, columns, perCell } = this.#grid;
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = width * ratio;
    this.#canvas.height = height * ratio;
    this.#canvas.style.height = `${height}px`;
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    context.scale(ratio, ratio);
    const colors = palette();
    const place = (cell: number): [number, number, number] => [
      (cell % columns) * (size + gap),
      Math.floor(cell / columns) * (size + gap),
      size,
    ];
    for (let cell = 0; cell * perCell < this.#cells.length; cell += 1) {
      drawCell(context, this.#worst(cell), place(cell), colors);
    }
    if (this.#cursor === null) return;
    const [x, y] = place(this.#cursor);
    context.strokeStyle = color('text');
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, size + 2, size + 2);
  }

  #worst(cell: number): CellKind {
    const { perCell } = this.#grid;
    const here = this.#cells.slice(cell * perCell, (cell + 1) * perCell);
    return CELL_KINDS.find((kind) => here.includes(kind)) ?? '.';
  }

  /** The counts of each kind, as the legend and as the words that stand for the picture. */
  #tell(): void {
    const kinds = CELL_KINDS.toReversed().flatMap((kind) => {
      const many = this.#cells.reduce((sum, one) => sum + (one === kind ? 1 : 0), 0);
      return many === 0 ? [] : [{ kind, text: `${count(many)} ${CELL_NAMES[kind]}` }];
    });
    this.#legend.replaceChildren(...kinds.map(({ kind, text }) => h('li', {}, sampleOf(kind), text)));
  }

  #point(cell: number | null): void {
    if (cell === this.#cursor) return;
    this.#cursor = cell;
    this.redraw();
    setText(this.#detail, cell === null ? '' : this.#words(cell));
  }

  #words(cell: number): string {
    const { perCell } = this.#grid;
    const from = this.#first + cell * perCell;
    const to = Math.min(from + perCell, this.#first + this.#cells.length) - 1;
    const which = from === to ? `Batch ${count(from)}` : `Batches ${count(from)} to ${count(to)}, at worst`;
    return `${which}: ${CELL_NAMES[this.#worst(cell)]}`;
  }

  #cellAt({ offsetX, offsetY }: PointerEvent): number | null {
    const { size, gap, columns, perCell } = this.#grid;
    const column = Math.floor(offsetX / (size + gap));
    const cell = Math.floor(offsetY / (size + gap)) * columns + column;
    return column < columns && cell * perCell < this.#cells.length ? cell : null;
  }

  #key(event: KeyboardEvent): void {
    const { columns, perCell } = this.#grid;
    const last = Math.ceil(this.#cells.length / perCell) - 1;
    const from = this.#cursor ?? 0;
    const to = {
      ArrowRight: this.#cursor === null ? 0 : from + 1,
      ArrowLeft: from - 1,
      ArrowDown: from + columns,
      ArrowUp: from - columns,
      PageDown: from + 10 * columns,
      PageUp: from - 10 * columns,
      Home: 0,
      End: last,
      Escape: null,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#point(to === null ? null : Math.max(0, Math.min(last, to)));
  }
}

/** The cell of the legend. */
function sampleOf(kind: CellKind): HTMLCanvasElement {
  const canvas = h('canvas', { width: '24', height: '24', 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  context?.scale(2, 2);
  if (context) drawCell(context, kind, [0, 0, 12], palette());
  return canvas;
}
