import { scaleLinear } from 'd3-scale';
import { bytes } from '../../../format/format.js';
import { at, type Drawing } from '../figure.js';
import { html } from '../markup.js';

/** A bar of one or more parts, each with its shade. */
export interface StorageBar {
  readonly name: string;
  readonly colour: 'legacy' | 'unified';
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
}

const SHADES = ['', 'soft', 'softer'] as const;
const ROW = 78;

/** Bytes on disk as bars on one scale, one below the other. */
export function storageOf(bars: readonly StorageBar[], width: number): Drawing {
  const total = ({ parts }: StorageBar) => parts.reduce((sum, part) => sum + part.bytes, 0);
  const x = scaleLinear([0, Math.max(1, ...bars.map(total))], [0, width]);
  const body = bars.map((bar, index) => {
    const y = index * ROW;
    let begin = 0;
    const parts = bar.parts.map((part, place) => {
      const from = x(begin);
      begin += part.bytes;
      const size = x(begin) - from;
      // A name that has no room is in the table.
      const words = `${part.name} ${bytes(part.bytes)}`;
      const label =
        size > words.length * 6.8
          ? html`<text class="dim" x="${at(from)}" y="${y + 61}">${words}</text>`
          : null;
      return html`<rect class="f-${bar.colour} ${SHADES[place] ?? 'softer'}" x="${at(from)}" y="${y + 20}" width="${at(Math.max(0, size - 1))}" height="26" rx="2"><title>${part.name}: ${bytes(part.bytes)}</title></rect>${label}`;
    });
    return html`<text class="strong" x="0" y="${y + 13}">${bar.name}</text><text class="dim" x="${width}" y="${y + 13}" text-anchor="end">${bytes(total(bar))}</text>${parts}`;
  });
  return { width, height: bars.length * ROW, body };
}
