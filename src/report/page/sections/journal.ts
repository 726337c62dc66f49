import { count, duration } from '../../../format/format.js';
import type { MigrationReport } from '../../../reports/report.js';
import { html, type Markup, NOTHING } from '../markup.js';
import { table } from '../table.js';
import { moment, stateBadge } from '../words.js';

/** Who did what when, and under which settings. */
export function journal({ phases, events, settings, versions }: MigrationReport): Markup {
  const runs = phases.flatMap(({ phase, runs: own }) => own.map((run) => ({ phase, ...run })));
  return html`<section>
<h2>What was done</h2>
${table(
  'Phases',
  [
    { title: 'phase' },
    { title: 'state' },
    { title: 'batches', kind: 'n' },
    { title: 'rows per batch', kind: 'n' },
  ],
  phases.map(({ phase, state, batches, batchSize }) => [
    phase,
    stateBadge(state),
    `${count(batches.filter(({ status }) => status === 'done').length)} of ${count(batches.length)}`,
    count(batchSize),
  ]),
)}
${table(
  'Runs',
  [
    { title: 'phase' },
    { title: 'started' },
    { title: 'took', kind: 'n' },
    { title: 'outcome' },
    { title: 'by', kind: 'long' },
  ],
  runs.map(({ phase, startedAt, finishedAt, outcome, by }) => [
    phase,
    moment(startedAt),
    finishedAt === null ? '' : duration((finishedAt - startedAt) / 1000),
    outcome ?? 'not ended',
    by,
  ]),
)}
${
  events.length === 0
    ? NOTHING
    : html`<details><summary>The journal</summary>${table(
        'Newest entries of the journal',
        [
          { title: 'at' },
          { title: 'what' },
          { title: 'phase' },
          { title: 'detail', kind: 'long' },
          { title: 'by', kind: 'long' },
        ],
        events.map(({ at, kind, phase, detail, by }) => [at, kind, phase ?? '', detail ?? '', by]),
      )}</details>`
}
${table(
  'Versions, and settings of the server',
  [{ title: 'name' }, { title: 'value', kind: 'long' }],
  Object.entries({ ...versions, ...settings }),
)}
</section>`;
}
