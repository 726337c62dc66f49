import type { Alert, MonitorReport, Sample, VerifiedTable } from '../../reports/monitor.js';
import type { Point } from '../web/history.js';
import { byId, h } from './dom.js';
import { factsOf } from './facts.js';
import { trend } from './trend.js';
import { clock, count, shortHash, visible } from './words.js';

/** The alerts that stand, the most severe first. */
export function drawAlerts({ alerts, error }: MonitorReport): void {
  const sorted = [...alerts].sort(
    (a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'),
  );
  byId('alerts').replaceChildren(
    sorted.length === 0
      ? h('p', {}, error === null ? '✔ No alert stands.' : visible(error.message))
      : h('ul', { class: 'plain' }, ...sorted.map(alertItem)),
  );
}

function alertItem({ severity, code, since, reason, next }: Alert): HTMLElement {
  const sign = severity === 'critical' ? '✖ critical' : '! warning';
  return h(
    'li',
    { class: 'alert', 'data-tone': severity === 'critical' ? 'bad' : 'warn' },
    h('strong', {}, `${sign} · ${code}`),
    h('p', {}, visible(reason)),
    h('p', { class: 'muted' }, `Next: ${visible(next)} · since ${clock(since)}`),
  );
}

const COMPARED = [
  ['table', ''],
  ['rows', 'number'],
  ['rows of the view', 'number'],
  ['hash', ''],
  ['hash of the view', ''],
  ['verdict', ''],
] as const;

/** Each legacy table beside its view: rows and hash of both, as they were last compared. */
export function drawTables(sample: Sample): void {
  const groups = (sample.progress?.phases ?? []).flatMap(({ phase, verification }) => {
    if (verification === null || verification.tables.length === 0) return [];
    const title = `${phase}, compared ${verification.at}${verification.strict ? ', as text too' : ''}`;
    const span = String(COMPARED.length);
    return [
      h(
        'tbody',
        {},
        h('tr', {}, h('th', { scope: 'rowgroup', colspan: span, class: 'group' }, title)),
        ...verification.tables.map(tableRow),
      ),
    ];
  });
  byId('tables').replaceChildren(
    groups.length === 0
      ? h('p', { class: 'muted' }, 'Nothing has been compared yet.')
      : h('table', {}, headOf(COMPARED), ...groups),
  );
}

function tableRow({ table, equal, legacy, unified }: VerifiedTable): HTMLElement {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, visible(table)),
    h('td', { class: 'number' }, count(legacy.rows)),
    h('td', { class: 'number' }, count(unified.rows)),
    h('td', {}, h('code', { title: legacy.hash }, shortHash(legacy.hash))),
    h('td', {}, h('code', { title: unified.hash }, shortHash(unified.hash))),
    h('td', { class: `verdict ${equal ? 'equal' : 'differs'}` }, equal ? '✔ equal' : '✖ differs'),
  );
}

const TIMED = [
  ['query', ''],
  ['trend', 'wide'],
  ['ms', 'number'],
  ['baseline', 'number'],
  ['change', 'number'],
] as const;

/** What each watched query takes, beside its baseline, and how that went over time. */
export function drawQueries({ queries }: Sample, points: readonly Point[]): void {
  const rows = (queries ?? []).map(({ name, ms, baselineMs }) => {
    const slower = baselineMs === null ? null : Math.round((ms / baselineMs - 1) * 100);
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, visible(name)),
      h(
        'td',
        { class: 'wide' },
        trend(
          points.map((point) => (Object.hasOwn(point.queries, name) ? (point.queries[name] ?? null) : null)),
          baselineMs,
        ),
      ),
      h('td', { class: 'number' }, ms.toFixed(1)),
      h('td', { class: 'number' }, baselineMs === null ? 'learning' : baselineMs.toFixed(1)),
      h('td', { class: 'number' }, slower === null ? '' : `${slower > 0 ? '+' : ''}${slower} %`),
    );
  });
  byId('queries').replaceChildren(
    rows.length === 0
      ? h('p', { class: 'muted' }, queries === null ? 'Unknown.' : 'No query is watched.')
      : h('table', {}, headOf(TIMED), h('tbody', {}, ...rows)),
  );
}

export function drawServer(report: MonitorReport): void {
  byId('server').replaceChildren(
    ...factsOf(report).flatMap(([name, value]) => [
      h('dt', {}, name),
      h('dd', {}, value ?? h('em', {}, 'unknown')),
    ]),
  );
}

export function drawUnknown({ unknown }: Sample): void {
  byId('unknown-section').toggleAttribute('hidden', unknown.length === 0);
  byId('unknown').replaceChildren(
    ...unknown.map(({ figure, why, next }) =>
      h(
        'li',
        {},
        h('strong', {}, `${figure}: `),
        `${visible(why)}. `,
        h('span', { class: 'muted' }, visible(next)),
      ),
    ),
  );
}

function headOf(columns: readonly (readonly [title: string, kind: string])[]): HTMLElement {
  const cells = columns.map(([title, kind]) => h('th', { scope: 'col', class: kind }, title));
  return h('thead', {}, h('tr', {}, ...cells));
}
