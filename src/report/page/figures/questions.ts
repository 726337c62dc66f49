import { scaleLog } from 'd3-scale';
import { count, milliseconds } from '../../../format/format.js';
import type { BenchQuery } from '../../../reports/bench.js';
import { at, type Drawing, NARROW } from '../figure.js';
import { html } from '../markup.js';

const TOP = 26;
const RIGHT = 58;
const WIDE_LABELS = 250;
const WIDE_ROW = 30;
const NARROW_ROW = 44;

/**
 * Each question as two dots on a logarithmic scale of time, legacy and unified.
 *
 * @param says what stands at the end of a row: how many times as fast, or how many times the time
 */
export function questionsOf(
  queries: readonly BenchQuery[],
  says: 'faster' | 'takes',
  width: number,
): Drawing {
  const measured = queries.flatMap(({ name, legacyMs, unifiedMs, speedup }) =>
    legacyMs === null || unifiedMs === null || speedup === null
      ? []
      : [{ name, legacyMs, unifiedMs, speedup }],
  );
  const isNarrow = width <= NARROW;
  const [left, row] = isNarrow ? [4, NARROW_ROW] : [WIDE_LABELS, WIDE_ROW];
  const times = measured.flatMap(({ legacyMs, unifiedMs }) => [legacyMs, unifiedMs]);
  const x = scaleLog([Math.min(...times) / 1.3, Math.max(...times) * 1.3], [left, width - RIGHT]);
  const [least = 0, most = 0] = x.domain();
  const powers: number[] = [];
  for (let power = Math.ceil(Math.log10(least)); power <= Math.log10(most); power += 1)
    powers.push(10 ** power);
  const bottom = TOP + row * measured.length;
  const axis = powers.map(
    (tick) =>
      html`<path class="grid" d="M${at(x(tick))} ${TOP - 6}V${bottom}"/><text class="dim" x="${at(x(tick))}" y="14" text-anchor="middle">${milliseconds(tick)}</text>`,
  );
  const rows = measured.map(({ name, legacyMs, unifiedMs, speedup }, index) => {
    const y = TOP + row * index + (isNarrow ? 32 : row / 2);
    const label = isNarrow
      ? html`<text class="halo" x="0" y="${at(y - 14)}">${name}</text>`
      : html`<text x="0" y="${at(y + 4.5)}">${name}</text>`;
    const [from, to] = [x(legacyMs), x(unifiedMs)];
    const factor = says === 'faster' ? speedup : 1 / speedup;
    return html`${label}<path class="s-${speedup >= 1 ? 'unified' : 'folded'} soft" stroke-width="3" d="M${at(from)} ${at(y)}H${at(to)}"/>
<circle class="f-legacy" cx="${at(from)}" cy="${at(y)}" r="5.5"><title>legacy: ${milliseconds(legacyMs)}</title></circle><circle class="f-unified" cx="${at(to)}" cy="${at(y)}" r="5.5"><title>unified: ${milliseconds(unifiedMs)}</title></circle>
<text class="strong" x="${width}" y="${at(y + 4.5)}" text-anchor="end">${factorText(factor)}</text>`;
  });
  return { width, height: bottom + 6, body: [...axis, ...rows] };
}

function factorText(factor: number): string {
  return `${factor >= 9.95 ? count(factor) : factor.toFixed(factor >= 0.995 ? 1 : 2)}×`;
}
