import { scaleLinear } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import { at, type Drawing } from '../figure.js';
import { html } from '../markup.js';
import { timeAxis } from './axis.js';
import type { LoadedBatch } from './batches.js';
import type { WorkingTime } from './working-time.js';

const LEFT = 46;
const TOP = 10;
const PLOT = 150;
const BOTTOM = 24;
const BUCKETS = 48;

/** Legacy rows per second over the time of loading. A batch counts evenly from its start to its commit. */
export function throughputOf(batches: readonly LoadedBatch[], time: WorkingTime, width: number): Drawing {
  const rates = ratesOf(batches, time);
  const x = scaleLinear([0, Math.max(time.seconds, 1e-3)], [LEFT, width - 4]);
  const y = scaleLinear([0, Math.max(1, ...rates)], [TOP + PLOT, TOP]).nice(4);
  const step = Math.max(time.seconds, 1e-3) / rates.length;
  const points = rates.map((rate, index): [number, number] => [x((index + 0.5) * step), y(rate)]);
  const [first, last] = [points[0], points.at(-1)];
  const closed =
    first && last
      ? [[x(0), first[1]] as [number, number], ...points, [x(time.seconds), last[1]] as [number, number]]
      : [];
  const filled = area<[number, number]>()
    .curve(curveMonotoneX)
    .x((point) => point[0])
    .y1((point) => point[1])
    .y0(TOP + PLOT);
  const drawn = line<[number, number]>().curve(curveMonotoneX);
  const marks = y
    .ticks(4)
    .map(
      (tick) =>
        html`<path class="grid" d="M${LEFT} ${at(y(tick))}H${width}"/><text class="dim" x="${LEFT - 8}" y="${at(y(tick) + 4.5)}" text-anchor="end">${compact(tick)}</text>`,
    );
  return {
    width,
    height: TOP + PLOT + BOTTOM,
    body: [
      ...marks,
      ...timeAxis(x, time, { top: TOP + PLOT - 4, bottom: TOP + PLOT, width }),
      html`<path class="f-unified softer" d="${filled(closed) ?? ''}"/><path class="none s-unified" stroke-width="2" d="${drawn(closed) ?? ''}"/>`,
    ],
  };
}

/** Rows per second in equal parts of the time. */
export function ratesOf(batches: readonly LoadedBatch[], time: WorkingTime): number[] {
  const buckets = Math.max(4, Math.min(BUCKETS, 2 * batches.length));
  const step = Math.max(time.seconds, 1e-3) / buckets;
  const rows = new Array<number>(buckets).fill(0);
  for (const batch of batches) {
    const from = time.at(batch.startedAt);
    const to = Math.max(time.at(batch.finishedAt), from + 1e-6);
    for (let index = 0; index < buckets; index += 1) {
      const shared = Math.min(to, (index + 1) * step) - Math.max(from, index * step);
      if (shared > 0) rows[index] = (rows[index] ?? 0) + (batch.rowsIn * shared) / (to - from);
    }
  }
  return rows.map((count) => count / step);
}

function compact(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1000 ? `${value / 1000}k` : String(value);
}
