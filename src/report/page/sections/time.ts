import { count, counted, duration } from '../../../format/format.js';
import type { MigrationReport, PhaseStory } from '../../../reports/report.js';
import { colourKey, figure } from '../figure.js';
import { batchesOf, isLoaded } from '../figures/batches.js';
import { throughputOf } from '../figures/throughput.js';
import { workingTime } from '../figures/working-time.js';
import { html, type Markup, NOTHING } from '../markup.js';

/** Batches over time, and how fast rows went through. */
export function time({ phases }: MigrationReport): Markup {
  const loaded = phases.filter(({ batches }) => batches.some(isLoaded));
  if (loaded.length === 0) return NOTHING;
  return html`<section>
<h2>Time</h2>
${loaded.map(phaseTime)}
</section>`;
}

function phaseTime({ phase, batches, batchSize }: PhaseStory): Markup {
  const done = batches.filter(isLoaded);
  const axis = workingTime(done.map(({ startedAt, finishedAt }) => ({ from: startedAt, to: finishedAt })));
  const rowsIn = done.reduce((sum, batch) => sum + batch.rowsIn, 0);
  const again = done.filter(({ attempts }) => attempts > 1).length;
  const rate = axis.seconds > 0 ? `${count(rowsIn / axis.seconds)} rows a second` : 'no time at all';
  const cut = axis.cuts.length === 0 ? '' : ' Idle stretches are cut out, at the dashed lines.';
  return html`<h3>${phase}</h3>
${figure({
  caption: html`<b>${counted(done.length, 'batch', 'batches')}</b> of up to ${count(batchSize)} rows, each from its start to its commit, in ${duration(axis.seconds)}.${cut}`,
  says: `${done.length} batches were loaded in ${duration(axis.seconds)}; ${again} of them more than once.`,
  draw: (width) => batchesOf(done, axis, width),
  ...(again > 0 || done.some(({ rejected }) => rejected > 0)
    ? {
        key: colourKey([
          ['unified', 'loaded once'],
          ['folded', 'loaded again'],
          ['rejected', 'with rejects'],
        ]),
      }
    : {}),
})}
${
  // One batch has one rate: a curve through it would be drawn from nothing.
  done.length < 3
    ? NOTHING
    : figure({
        caption: html`<b>${rate}</b> over all: legacy rows per second while batches were loaded.`,
        says: `Throughput: ${rate} over all.`,
        draw: (width) => throughputOf(done, axis, width),
      })
}`;
}
