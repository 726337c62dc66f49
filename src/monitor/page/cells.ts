import type { BatchMark } from '../../reports/monitor.js';
import { color } from './dom.js';

/** What a cell of the map can be. `verified`: loaded, in a phase that was found equal. */
export type CellKind = BatchMark | 'verified';

/** The worst first: where one cell stands for several batches it shows the worst of them. */
export const CELL_KINDS = ['x', 'r', '!', '.', '#', 'verified'] as const satisfies readonly CellKind[];

export const CELL_NAMES: Readonly<Record<CellKind, string>> = {
  x: 'different',
  r: 'to be loaded again',
  '!': 'loaded, with rejects',
  '.': 'pending',
  '#': 'loaded',
  verified: 'verified',
};

const FILL: Readonly<Record<CellKind, string | null>> = {
  x: 'cell-different',
  r: 'cell-reopened',
  '!': 'cell-rejects',
  '.': null,
  '#': 'cell-loaded',
  verified: 'cell-verified',
};

/** The colours of the present scheme, looked up once for a whole drawing. */
export type Palette = Readonly<Record<CellKind | 'outline' | 'sign', string>>;

export function palette(): Palette {
  const kinds = CELL_KINDS.map((kind) => [kind, FILL[kind] === null ? '' : color(FILL[kind])] as const);
  return { ...Object.fromEntries(kinds), outline: color('outline'), sign: color('card') } as Palette;
}

/** Draws one cell. The kinds differ in shape and not only in colour: empty, full, with a cross, a stroke, a dot. */
export function drawCell(
  canvas: CanvasRenderingContext2D,
  kind: CellKind,
  [x, y, size]: readonly [x: number, y: number, size: number],
  colors: Palette,
): void {
  if (kind === '.') {
    canvas.strokeStyle = colors.outline;
    canvas.lineWidth = 1;
    canvas.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
    return;
  }
  canvas.fillStyle = colors[kind];
  canvas.fillRect(x, y, size, size);
  if (kind === '#' || kind === 'verified' || size < 5) return;
  const inset = size * 0.25;
  canvas.strokeStyle = colors.sign;
  canvas.fillStyle = colors.sign;
  canvas.lineWidth = Math.max(1.5, size / 7);
  canvas.beginPath();
  if (kind === '!') canvas.arc(x + size / 2, y + size / 2, size / 5, 0, 2 * Math.PI);
  else {
    canvas.moveTo(x + inset, y + size - inset);
    canvas.lineTo(x + size - inset, y + inset);
    if (kind === 'x') {
      canvas.moveTo(x + inset, y + inset);
      canvas.lineTo(x + size - inset, y + size - inset);
    }
  }
  if (kind === '!') canvas.fill();
  else canvas.stroke();
}
