import { scaleLinear } from 'd3-scale';
import { count, duration } from '../../../format/format.js';
import type { BatchStory } from '../../../reports/report.js';
import { at, type Drawing } from '../figure.js';
import { html } from '../markup.js';
import { timeAxis } from './axis.js';
import type { WorkingTime } from './working-time.js';

const LEFT = 34;
const TOP = 8;
const BOTTOM = 24;
const TALLEST = 340;
const ROW = 16;

/** When each batch was loaded: a bar from its start to its commit, one below the other. */
export function batchesOf(batches: readonly BatchStory[], time: WorkingTime, width: number): Drawing {
  const done = batches.filter(isLoaded);
  const row = Math.min(ROW, TALLEST / Math.max(1, done.length));
  const bottom = TOP + row * done.length;
  const x = scaleLinear([0, Math.max(time.seconds, 1e-3)], [LEFT, width - 4]);
  const every = Math.ceil(14 / row);
  const bars = done.map((batch, index) => {
    const [from, to] = [x(time.at(batch.startedAt)), x(time.at(batch.finishedAt))];
    const y = TOP + row * index;
    const colour = batch.rejected > 0 ? 'rejected' : batch.attempts > 1 ? 'folded' : 'unified';
    const label =
      index % every === 0
        ? html`<text class="dim" x="${LEFT - 8}" y="${at(y + row / 2 + 4.5)}" text-anchor="end">${batch.number}</text>`
        : null;
    return html`<rect class="f-${colour}" x="${at(from)}" y="${at(y + row * 0.12)}" width="${at(Math.max(1.5, to - from))}" height="${at(Math.max(0.8, row * 0.76))}" rx="${at(Math.min(2, row / 5))}"><title>batch ${batch.number}: ${count(batch.rowsIn)} rows in ${duration((batch.finishedAt - batch.startedAt) / 1000)}</title></rect>${label}`;
  });
  return {
    width,
    height: bottom + BOTTOM,
    body: [...timeAxis(x, time, { top: TOP, bottom, width }), ...bars],
  };
}

/** A batch that has both its times. */
export type LoadedBatch = BatchStory & { readonly startedAt: number; readonly finishedAt: number };

export function isLoaded(batch: BatchStory): batch is LoadedBatch {
  return batch.status === 'done' && batch.startedAt !== null && batch.finishedAt !== null;
}
