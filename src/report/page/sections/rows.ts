import { count, counted } from '../../../format/format.js';
import type { MigrationReport, PhaseStory } from '../../../reports/report.js';
import { colourKey, figure } from '../figure.js';
import { flowOf } from '../figures/flow.js';
import { html, type Markup, NOTHING } from '../markup.js';
import { table, tick } from '../table.js';
import { stateBadge } from '../words.js';

/** Where every row went. */
export function rows({ phases }: MigrationReport): Markup {
  const merging = phases.filter(({ accounting }) => accounting.length > 0);
  if (merging.length === 0) return NOTHING;
  return html`<section>
<h2>Where every row went</h2>
<p>A row of a legacy table becomes a unified row, or is folded into one and kept whole beside it, or is put aside with its reason. Nothing else can happen to it: the sum is checked for every table.</p>
${merging.map(phaseRows)}
</section>`;
}

function phaseRows(story: PhaseStory): Markup {
  const { phase, state, accounting, rejects } = story;
  const names = { unified: story.tables?.unified ?? 'unified', folded: story.tables?.folded ?? 'folded' };
  const total = (of: (row: PhaseStory['accounting'][number]) => number) =>
    accounting.reduce((sum, row) => sum + of(row), 0);
  const says = accounting.map(
    (row) =>
      `${count(row.source)} rows of ${row.table}: ${count(row.primary)} to ${names.unified}, ${count(row.folded)} to ${names.folded}, ${count(row.rejected)} put aside.`,
  );
  return html`<h3>${phase} ${stateBadge(state)}</h3>
${figure({
  caption: html`<b>${counted(
    total((row) => row.source),
    'legacy row',
  )}</b> on their way. The width of a stream is its number of rows.`,
  says: `Flow of rows. ${says.join(' ')}`,
  draw: (width) => flowOf(accounting, names, width),
  key: colourKey([
    ['legacy', 'legacy table'],
    ['unified', 'unified'],
    ['folded', 'kept whole beside it'],
    ...(total((row) => row.rejected) > 0 ? ([['rejected', 'put aside']] as const) : []),
  ]),
})}
${table(
  `Accounting of ${phase}: rows in = unified + folded + rejected`,
  [
    { title: 'legacy table' },
    { title: 'rows in', kind: 'n' },
    { title: 'unified', kind: 'n' },
    { title: 'folded', kind: 'n' },
    { title: 'rejected', kind: 'n' },
    { title: '', kind: 'tick' },
  ],
  accounting.map((row) => [
    row.table,
    count(row.source),
    count(row.primary),
    count(row.folded),
    count(row.rejected),
    tick(row.balanced, ['adds up', 'does not add up']),
  ]),
  {
    sum: [
      'all',
      count(total((row) => row.source)),
      count(total((row) => row.primary)),
      count(total((row) => row.folded)),
      count(total((row) => row.rejected)),
      '',
    ],
  },
)}
${
  rejects.length === 0
    ? NOTHING
    : table(
        `Rows of ${phase} that could not be stored`,
        [{ title: 'legacy table' }, { title: 'reason', kind: 'long' }, { title: 'rows', kind: 'n' }],
        rejects.map(({ source, reason, rows: rejected }) => [source, reason, count(rejected)]),
      )
}`;
}
