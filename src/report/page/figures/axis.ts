import type { ScaleLinear } from 'd3-scale';
import { duration } from '../../../format/format.js';
import { at } from '../figure.js';
import { html, type Markup } from '../markup.js';
import type { WorkingTime } from './working-time.js';

/** Grid lines and labels of a time axis, with what was cut out of it. */
export function timeAxis(
  x: ScaleLinear<number, number>,
  { cuts }: WorkingTime,
  box: { readonly top: number; readonly bottom: number; readonly width: number },
): Markup[] {
  const ticks = x.ticks(box.width > 500 ? 8 : 4);
  const [, end = 0] = x.range();
  return [
    ...ticks.map((tick) => {
      const place = x(tick);
      const anchor = place > end - 20 ? 'end' : tick === 0 ? 'start' : 'middle';
      return html`<path class="grid" d="M${at(place)} ${box.top}V${box.bottom}"/><text class="dim" x="${at(place)}" y="${box.bottom + 17}" text-anchor="${anchor}">${seconds(tick)}</text>`;
    }),
    ...cuts.map(
      (cut) =>
        html`<path class="rule" stroke-dasharray="2 3" d="M${at(x(cut.at))} ${box.top}V${box.bottom}"><title>${duration(cut.seconds)} without work, cut out</title></path>`,
    ),
  ];
}

function seconds(value: number): string {
  if (value === 0) return '0';
  return value < 10 && !Number.isInteger(value)
    ? `${value.toFixed(1)} s`
    : duration(value).replace(/\.0 s$/, ' s');
}
