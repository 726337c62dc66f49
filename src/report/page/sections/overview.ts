import { count, counted, duration } from '../../../format/format.js';
import type { MigrationReport, PhaseStory } from '../../../reports/report.js';
import { isLoaded } from '../figures/batches.js';
import { workingTime } from '../figures/working-time.js';
import { html, type Markup, NOTHING } from '../markup.js';
import { isGood, moment } from '../words.js';

/** What was done and how it stands, at a glance. */
export function overview(report: MigrationReport): Markup {
  const { phases, warnings } = report;
  return html`<header>
<p class="kicker">Drydock report</p>
<h1>${report.database}</h1>
<p class="lead">Schema ${report.schema} · PostgreSQL ${report.server} · ${moment(report.at)}</p>
${verdict(phases)}
${warnings.length === 0 ? NOTHING : html`<section aria-label="Warnings"><ul class="warnings">${warnings.map((text) => html`<li>${text}</li>`)}</ul></section>`}
${tiles(report)}
</header>`;
}

function verdict(phases: readonly PhaseStory[]): Markup {
  const tables = phases.flatMap(({ verification }) => verification?.tables ?? []);
  const verified = counted(
    tables.reduce((sum, { legacy }) => sum + legacy.rows, 0),
    'row',
  );
  const of = `${verified} of ${counted(tables.length, 'legacy table')}`;
  if (phases.some(({ state }) => state === 'different')) {
    return box(
      'bad',
      '✖',
      'Not equal',
      'The last verification found a legacy table that differs from its view.',
    );
  }
  const open = phases.filter(({ state }) => !isGood(state)).map(({ phase, state }) => `${phase} is ${state}`);
  if (open.length > 0) return box('open', '…', 'Not finished', `Phase ${open.join(', ')}.`);
  return box(
    'good',
    '✔',
    'Every legacy table equals its view',
    `${of}, compared by hash on both sides, row for row and value for value.`,
  );
}

function box(kind: 'good' | 'bad' | 'open', mark: string, title: string, text: string): Markup {
  return html`<div class="verdict ${kind}"><span class="mark" aria-hidden="true">${mark}</span><div><strong>${title}</strong>${text}</div></div>`;
}

function tiles({ phases, bench }: MigrationReport): Markup {
  const sum = (of: (phase: PhaseStory) => number) => phases.reduce((total, phase) => total + of(phase), 0);
  const rowsIn = sum(({ accounting }) => accounting.reduce((total, { source }) => total + source, 0));
  const merging = phases.filter(({ tables }) => tables !== null);
  const rowsOut = merging.reduce(
    (total, { batches }) => total + batches.reduce((rows, { rowsOut: out }) => rows + out, 0),
    0,
  );
  const seconds = sum(
    ({ batches }) =>
      workingTime(
        batches.filter(isLoaded).map(({ startedAt, finishedAt }) => ({ from: startedAt, to: finishedAt })),
      ).seconds,
  );
  const gains = (bench?.queries ?? [])
    .filter(({ group }) => group !== 'legacy-views')
    .flatMap(({ speedup }) => speedup ?? []);
  const facts: (readonly [value: string, meaning: string])[] = [
    [
      count(rowsIn),
      `legacy rows in ${counted(
        sum(({ accounting }) => accounting.length),
        'table',
      )}`,
    ],
    [count(rowsOut), 'unified rows'],
    [
      count(sum(({ accounting }) => accounting.reduce((rows, { folded }) => rows + folded, 0))),
      'kept beside a unified row',
    ],
    [
      count(sum(({ accounting }) => accounting.reduce((rows, { rejected }) => rows + rejected, 0))),
      'put aside',
    ],
    [duration(seconds), `spent on loading${seconds > 0 ? `, ${count(rowsIn / seconds)} rows a second` : ''}`],
    ...(gains.length > 0 ? [[`${count(median(gains))}×`, 'as fast, the median question'] as const] : []),
  ];
  return html`<ul class="tiles" aria-label="In figures">${facts.map(([value, meaning]) => html`<li><b>${value}</b><span>${meaning}</span></li>`)}</ul>`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
