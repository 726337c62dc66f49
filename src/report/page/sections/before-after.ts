import { count, counted, milliseconds } from '../../../format/format.js';
import type { BenchLoad, BenchQuery, BenchReport, Timing } from '../../../reports/bench.js';
import type { MigrationReport } from '../../../reports/report.js';
import { colourKey, figure } from '../figure.js';
import { questionsOf } from '../figures/questions.js';
import { html, type Markup, NOTHING } from '../markup.js';
import { table, tick } from '../table.js';

/** The questions that people ask, before and after, where they were measured. */
export function beforeAfter({ bench }: MigrationReport): Markup {
  if (bench === null) return NOTHING;
  const measured = bench.queries.filter(({ status }) => status === 'measured');
  const other = bench.queries.filter(({ status }) => status !== 'measured');
  const gains = measured.filter(({ group }) => group !== 'legacy-views');
  const views = measured.filter(({ group }) => group === 'legacy-views');
  return html`<section>
<h2>Before and after</h2>
<p>Measured by drydock bench on ${bench.at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}, on PostgreSQL ${bench.server} with about ${counted(bench.legacyRows, 'legacy row')}. Each question is asked in both forms; only when the two answers are equal its time is taken, alternately. Medians.</p>
${gains.length === 0 ? NOTHING : chart('Questions to the legacy tables and to the unified ones, and how many times as fast they are.', 'faster', gains)}
${views.length === 0 ? NOTHING : chart('The price of compatibility: the same statement on a legacy table and on the view that stands in for it, and how many times the time it takes.', 'takes', views)}
${
  other.length === 0
    ? NOTHING
    : table(
        'Questions without a time',
        [{ title: 'question' }, { title: 'reason', kind: 'long' }],
        other.map((query) => [
          query.name,
          `${query.status === 'different' ? 'The answers differ: ' : ''}${query.reason ?? ''}`,
        ]),
      )
}
${bench.load === null ? NOTHING : sideBySide(bench.load)}
${goals(bench)}
${statements(measured)}
</section>`;
}

function chart(caption: string, kind: 'faster' | 'takes', queries: readonly BenchQuery[]): Markup {
  const says = queries.map(
    ({ name, legacyMs, unifiedMs }) =>
      `${name}: ${milliseconds(legacyMs)} before, ${milliseconds(unifiedMs)} after.`,
  );
  return figure({
    caption: html`${caption} The scale is logarithmic.`,
    says: `Times of questions. ${says.join(' ')}`,
    draw: (width) => questionsOf(queries, kind, width),
    key: colourKey([
      ['legacy', 'legacy'],
      ['unified', 'unified'],
    ]),
    table: figures(caption, queries),
  });
}

function figures(caption: string, queries: readonly BenchQuery[]): Markup {
  const both = (query: BenchQuery, of: (form: Timing) => string) =>
    query.legacy === null || query.unified === null ? '' : `${of(query.legacy)} → ${of(query.unified)}`;
  const isCold = queries.some(({ legacy, unified }) => legacy?.cold != null && unified?.cold != null);
  return table(
    caption,
    [
      { title: 'question', kind: 'long' },
      { title: 'median', kind: 'n' },
      { title: '95th percentile', kind: 'n' },
      ...(isCold ? [{ title: 'cold', kind: 'n' } as const] : []),
      { title: 'processor', kind: 'n' },
      { title: 'blocks', kind: 'n' },
      { title: 'joins', kind: 'n' },
      { title: 'rows', kind: 'n' },
    ],
    queries.map((query) => [
      query.asks,
      both(query, ({ p50 }) => milliseconds(p50)),
      both(query, ({ p95 }) => milliseconds(p95)),
      ...(isCold ? [both(query, ({ cold }) => milliseconds(cold))] : []),
      both(query, ({ cpu }) => milliseconds(cpu)),
      both(query, ({ buffers }) => count(buffers.hit + buffers.read)),
      both(query, ({ plan }) => String(plan.joins)),
      count(query.rows ?? 0),
    ]),
  );
}

function sideBySide(load: BenchLoad): Markup {
  const row = (name: string, form: BenchLoad['legacy']) => [
    name,
    count(form.queries),
    form.perSecond >= 10 ? count(form.perSecond) : form.perSecond.toFixed(1),
    milliseconds(form.p50),
    milliseconds(form.p95),
    milliseconds(form.p99),
  ];
  return table(
    `${counted(load.readers, 'reader')} side by side, asking ${load.questions.join(', ')}`,
    [
      { title: 'form' },
      { title: 'answers', kind: 'n' },
      { title: 'per second', kind: 'n' },
      { title: 'median', kind: 'n' },
      { title: '95th percentile', kind: 'n' },
      { title: '99th', kind: 'n' },
    ],
    [row('legacy', load.legacy), row('unified', load.unified)],
  );
}

function goals({ targets, goalsFor, notMeasured }: BenchReport): Markup {
  return html`${table(
    `Goals${goalsFor === undefined ? '' : `, set for ${goalsFor}`}; each is measured by the question that gains least`,
    [{ title: 'of' }, { title: 'goal' }, { title: 'measured', kind: 'n' }, { title: '', kind: 'tick' }],
    targets.map(({ name, goal, measured, met }) => [
      name,
      goal,
      measured ?? 'not measured',
      met === null ? '' : tick(met, ['met', 'missed']),
    ]),
  )}
${notMeasured.map((text) => html`<p class="lead">Not measured: ${text}.</p>`)}`;
}

function statements(queries: readonly BenchQuery[]): Markup {
  const forms = queries
    .filter(({ legacy, unified }) => legacy !== null && unified !== null)
    .map(
      ({ name, asks, legacy, unified }) => html`<h3>${name}</h3><p>${asks}</p>
<p class="lead">legacy</p><pre>${lines(legacy?.sql ?? '')}</pre><p class="lead">unified</p><pre>${lines(unified?.sql ?? '')}</pre>`,
    );
  return html`<details><summary>The statements</summary>${forms}</details>`;
}

/** Line breaks of a statement of ours stay what they are. */
function lines(sql: string): Markup[] {
  return sql.split('\n').map((line) => html`${line}<br>`);
}
