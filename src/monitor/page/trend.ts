import { svg } from './dom.js';

const WIDTH = 72;
const HEIGHT = 20;
const MOST = 60;

/** The last figures as a small line, with the baseline dashed. Decoration: the numbers stand beside it. */
export function trend(values: readonly (number | null)[], baseline: number | null): SVGElement {
  const known = values.slice(-MOST).filter((value) => value !== null);
  const top = Math.max(...known, baseline ?? 0, 0.001);
  const y = (value: number): string => (HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1);
  const line = known.map(
    (value, index) => `${((index / Math.max(1, known.length - 1)) * WIDTH).toFixed(1)},${y(value)}`,
  );
  const drawing = svg('svg', { class: 'trend', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' });
  if (baseline !== null) drawing.append(svg('path', { class: 'baseline', d: `M0,${y(baseline)}H${WIDTH}` }));
  if (line.length > 1) drawing.append(svg('path', { d: `M${line.join('L')}` }));
  return drawing;
}
