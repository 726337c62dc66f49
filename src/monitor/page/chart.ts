import { h, setText, svg } from './dom.js';
import { clock } from './words.js';

export interface ChartPoint {
  readonly at: string;
  readonly value: number | null;
}

const WIDTH = 600;
const HEIGHT = 170;
const LEFT = 58;
const BOTTOM = 20;
const TOP = 8;
/** Lines of the table that says the same. */
const MOST_ROWS = 30;

/** A line over time, hand-drawn: one line and its area need no library. The same in words, and as a table on demand. */
export class LineChart {
  readonly element: HTMLElement;
  readonly #svg = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    tabindex: '0',
    preserveAspectRatio: 'none',
  });
  readonly #now = h('output', { 'aria-live': 'off' });
  readonly #rows = h('tbody');
  readonly #name: string;
  readonly #format: (value: number) => string;
  #points: readonly ChartPoint[] = [];
  #cursor: number | null = null;

  constructor(name: string, format: (value: number) => string) {
    this.#name = name;
    this.#format = format;
    const head = h(
      'thead',
      {},
      h('tr', {}, h('th', { scope: 'col' }, 'Time (UTC)'), h('th', { scope: 'col' }, name)),
    );
    const details = h('details', {}, h('summary', {}, 'As a table'), h('table', {}, head, this.#rows));
    details.addEventListener('toggle', () => this.#tabulate(details.open));
    this.element = h(
      'div',
      { class: 'card chart' },
      h('div', { class: 'row' }, h('h3', {}, name), this.#now),
      this.#svg,
      details,
    );
    this.#svg.addEventListener('pointermove', (event) => this.#point(this.#nearest(event)));
    this.#svg.addEventListener('pointerleave', () => this.#point(null));
    this.#svg.addEventListener('blur', () => this.#point(null));
    this.#svg.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  update(points: readonly ChartPoint[]): void {
    this.#points = points;
    this.#draw();
    if (this.element.querySelector('details')?.open) this.#tabulate(true);
  }

  #draw(): void {
    const width = Math.max(200, this.#svg.clientWidth);
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    const values = this.#points.flatMap(({ value }) => (value === null ? [] : [value]));
    const top = niceTop(Math.max(...values, 0));
    const x = (index: number): number =>
      LEFT + (index / Math.max(1, this.#points.length - 1)) * (width - LEFT - 6);
    const y = (value: number): number => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
    const scale = [0, top / 2, top].flatMap((value) => [
      svg('line', { class: 'grid', x1: LEFT, x2: width, y1: y(value), y2: y(value) }),
      svg('text', { x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, this.#format(value)),
    ]);
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    const times = [
      ...(first === undefined ? [] : [svg('text', { x: LEFT, y: HEIGHT - 4 }, clock(first.at))]),
      ...(last === undefined || last === first
        ? []
        : [svg('text', { x: width - 4, y: HEIGHT - 4, 'text-anchor': 'end' }, clock(last.at))]),
    ];
    const lines = runsOf(this.#points).flatMap((run) => {
      const line = run.map(([index, value]) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join('L');
      const [from = 0, to = 0] = [run[0]?.[0], run.at(-1)?.[0]];
      const area = `M${line}L${x(to).toFixed(1)},${y(0)}L${x(from).toFixed(1)},${y(0)}Z`;
      return [svg('path', { class: 'area', d: area }), svg('path', { class: 'line', d: `M${line}` })];
    });
    this.#svg.replaceChildren(...scale, ...times, ...lines, ...this.#marker(x, y));
    this.#tell(values, first?.at, last?.at);
  }

  #marker(x: (index: number) => number, y: (value: number) => number): SVGElement[] {
    const index = this.#cursor;
    const value = index === null ? null : (this.#points[index]?.value ?? null);
    if (index === null || value === null) return [];
    return [
      svg('line', { class: 'cursor', x1: x(index), x2: x(index), y1: TOP, y2: HEIGHT - BOTTOM }),
      svg('circle', { class: 'dot', cx: x(index), cy: y(value), r: 5 }),
    ];
  }

  #tell(values: readonly number[], from: string | undefined, to: string | undefined): void {
    const shown = this.#cursor === null ? this.#points.at(-1) : this.#points[this.#cursor];
    const value = shown?.value ?? null;
    const text = value === null ? 'not known' : this.#format(value);
    setText(this.#now, this.#cursor === null || shown === undefined ? text : `${clock(shown.at)}: ${text}`);
    const latest = values.at(-1);
    this.#svg.setAttribute(
      'aria-label',
      latest === undefined || from === undefined || to === undefined
        ? `${this.#name}: nothing is known yet`
        : `${this.#name} from ${clock(from)} to ${clock(to)}: now ${this.#format(latest)}, at most ${this.#format(Math.max(...values))}`,
    );
  }

  #tabulate(open: boolean): void {
    const points = open ? this.#points.slice(-MOST_ROWS).toReversed() : [];
    this.#rows.replaceChildren(
      ...points.map(({ at, value }) =>
        h('tr', {}, h('td', {}, clock(at)), h('td', {}, value === null ? 'not known' : this.#format(value))),
      ),
    );
  }

  #point(index: number | null): void {
    if (index === this.#cursor) return;
    this.#cursor = index;
    this.#draw();
  }

  #nearest({ offsetX }: PointerEvent): number | null {
    const width = this.#svg.clientWidth - LEFT - 6;
    const index = Math.round(((offsetX - LEFT) / width) * (this.#points.length - 1));
    return index >= 0 && index < this.#points.length ? index : null;
  }

  #key(event: KeyboardEvent): void {
    const last = this.#points.length - 1;
    const from = this.#cursor ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last, Escape: null }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#point(to === null ? null : Math.max(0, Math.min(last, to)));
  }
}

/** Stretches in which every value is known: a gap stays a gap. */
function runsOf(points: readonly ChartPoint[]): (readonly [index: number, value: number])[][] {
  const runs: (readonly [number, number])[][] = [[]];
  for (const [index, { value }] of points.entries()) {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push([index, value]);
  }
  return runs.filter((run) => run.length > 0);
}

/** The end of the scale: 1, 2 or 5 times a power of ten. */
function niceTop(most: number): number {
  if (most <= 10) return 10;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}
