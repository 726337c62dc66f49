import { bytes, count, counted, duration, milliseconds } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import {
  type BenchLoad,
  type BenchQuery,
  type BenchReport,
  type BenchStorage,
  MOST_ON_VIEWS,
  type TableSize,
  type Timing,
} from '../../reports/bench.js';
import type { Style } from '../style.js';
import { facts, heading, mark, title, warning } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** The result of `drydock bench`: a table per group of questions, storage, readers side by side, and the goals. */
export function renderBench(report: BenchReport, style: Style): string[] {
  const groups = [...new Set(report.queries.map(({ group }) => group))];
  const shapes = [...new Set(Object.values(report.shapes))].join(', ');
  return [
    ...title('bench', report, style),
    ...facts(
      [
        ['server', `PostgreSQL ${printable(report.server)}`],
        ['data', `about ${counted(report.legacyRows, 'legacy row')}, shapes ${shapes}`],
        [
          'settings',
          Object.entries(report.settings)
            .map((pair) => pair.map(printable).join(' '))
            .join(', '),
        ],
      ],
      style,
    ),
    ...groups.flatMap((group) => groupLines(group, report, style)),
    ...(report.storage === null ? [] : storageLines(report.storage, style)),
    ...(report.load === null ? [] : loadLines(report.load, style)),
    ...targetLines(report, style),
    '',
    ...verdict(report, style),
  ];
}

const GROUP_TITLES: Readonly<Record<string, string>> = {
  'complex-join': 'the question that began it all',
  discovery: 'discovery',
  reporting: 'reporting',
  'legacy-views': 'legacy views against legacy tables',
};

/** From these widths on there is room for what is beside the point. */
const WIDE = 120;
const WIDER = 140;

function groupLines(group: string, { queries }: BenchReport, style: Style): string[] {
  const own = queries.filter((query) => query.group === group);
  const isPrice = group === 'legacy-views';
  const right = (title: string) => ({ title, align: 'right' }) as const;
  return [
    ...heading(GROUP_TITLES[group] ?? group, '', style),
    ...table(
      [
        { title: 'question', flexible: true },
        right('legacy'),
        right(isPrice ? 'view' : 'unified'),
        right(isPrice ? 'takes' : 'faster'),
        right('cpu'),
        right('joins'),
        ...(style.width >= WIDE ? [right('rows'), right('p95'), right('blocks')] : []),
        ...(style.width >= WIDER ? [right('cold')] : []),
      ],
      own.filter(({ status }) => status === 'measured').map((query) => queryCells(query, isPrice, style)),
      style,
    ),
    ...own.flatMap((query) => {
      if (query.status === 'measured') return [];
      const text = `${query.name}: ${query.status === 'different' ? 'the answers differ' : 'left out'}. ${query.reason}`;
      return query.status === 'different'
        ? wrap(`  ${mark(false, style)} ${style.colors.red(printable(text))}`, style.width, '    ')
        : warning(text, style);
    }),
  ];
}

/** The measured questions in short: both times, and what they come to. */
export function gainLines({ queries }: BenchReport, style: Style): string[] {
  const right = (title: string) => ({ title, align: 'right' }) as const;
  return table(
    [{ title: 'question', flexible: true }, right('legacy'), right('unified'), right('')],
    queries.map(({ name, group, legacyMs, unifiedMs, speedup, reason }) => [
      printable(name),
      milliseconds(legacyMs),
      milliseconds(unifiedMs),
      speedup === null ? (reason ?? '') : gainText(speedup, group === 'legacy-views'),
    ]),
    style,
  );
}

function gainText(speedup: number, isPrice: boolean): string {
  return isPrice ? `${factorText(1 / speedup)}x the time` : `${factorText(speedup)}x as fast`;
}

function queryCells(query: BenchQuery, isPrice: boolean, style: Style): string[] {
  const { legacy, unified, speedup } = query;
  if (legacy === null || unified === null || speedup === null) return [query.name];
  const both = (of: (form: Timing) => string) => `${of(legacy)} → ${of(unified)}`;
  const factor = `${factorText(isPrice ? 1 / speedup : speedup)}x`;
  const isGood = isPrice ? 1 / speedup <= MOST_ON_VIEWS : speedup >= 1;
  return [
    query.name,
    milliseconds(query.legacyMs),
    milliseconds(query.unifiedMs),
    isGood ? style.colors.green(factor) : style.colors.yellow(factor),
    processorText(legacy.cpu, unified.cpu),
    both(({ plan }) => String(plan.joins)),
    ...(style.width >= WIDE
      ? [
          count(query.rows ?? 0),
          both(({ p95 }) => milliseconds(p95)),
          both(({ buffers }) => compact(buffers.hit + buffers.read)),
        ]
      : []),
    ...(style.width >= WIDER ? [both(({ cold }) => (cold === null ? '–' : milliseconds(cold)))] : []),
  ];
}

/** Signed, and as a share of the legacy form's. */
function processorText(legacy: number | null, unified: number | null): string {
  if (legacy === null || unified === null || legacy === 0) return '–';
  const change = Math.round(100 * (unified / legacy - 1));
  return `${change < 0 ? '−' : '+'}${Math.abs(change)} %`;
}

function factorText(value: number): string {
  return value >= 9.95 ? count(value) : value.toFixed(value >= 0.995 ? 1 : 2);
}

function compact(value: number): string {
  if (value < 1000) return count(value);
  return value < 999_500
    ? `${(value / 1000).toFixed(value < 9_950 ? 1 : 0)}k`
    : `${(value / 1e6).toFixed(1)}M`;
}

function storageLines(storage: BenchStorage, style: Style): string[] {
  const row = ({ heap, toast, indexes, total }: TableSize, name: string) => [
    name,
    bytes(heap),
    bytes(toast),
    bytes(indexes),
    bytes(total),
  ];
  const name = (one: TableSize) => printable(one.table.split('.').at(-1)?.replaceAll('"', '') ?? '');
  const saved = storage.savedPercent;
  return [
    ...heading(
      'storage',
      saved >= 0 ? `${saved.toFixed(1)} % saved` : `${(-saved).toFixed(1)} % more`,
      style,
    ),
    ...table(
      [
        { title: 'table', flexible: true },
        { title: 'heap', align: 'right' },
        { title: 'TOAST', align: 'right' },
        { title: 'indexes', align: 'right' },
        { title: 'total', align: 'right' },
      ],
      [
        ...storage.legacyTables.map((one) => row(one, name(one))),
        row(storage.legacy, 'all legacy tables'),
        ...storage.unifiedTables.map((one) => row(one, name(one))),
        row(storage.unified, 'all unified tables'),
      ],
      style,
    ),
  ];
}

function loadLines(load: BenchLoad, style: Style): string[] {
  const row = (name: string, form: BenchLoad['legacy']) => [
    name,
    count(form.queries),
    `${form.perSecond >= 10 ? count(form.perSecond) : form.perSecond.toFixed(1)}/s`,
    milliseconds(form.p50),
    milliseconds(form.p95),
    milliseconds(form.p99),
  ];
  return [
    ...heading(`${counted(load.readers, 'reader')} side by side`, '', style),
    ...table(
      [
        { title: 'form', flexible: true },
        { title: 'answers', align: 'right' },
        { title: 'rate', align: 'right' },
        { title: 'p50', align: 'right' },
        { title: 'p95', align: 'right' },
        { title: 'p99', align: 'right' },
      ],
      [row('legacy', load.legacy), row('unified', load.unified)],
      style,
    ),
  ];
}

function targetLines({ targets, goalsFor, notMeasured }: BenchReport, style: Style): string[] {
  return [
    ...heading('goals', goalsFor === undefined ? '' : `set for ${goalsFor}`, style),
    ...table(
      [
        { title: 'of' },
        { title: 'goal', flexible: true },
        { title: 'measured', align: 'right' },
        { title: '' },
      ],
      targets.map(({ name, goal, measured, met }) => [
        name,
        goal,
        measured ?? 'not measured',
        met === null ? '' : mark(met, style),
      ]),
      style,
    ),
    ...notMeasured.flatMap((text) => warning(`Not measured: ${text}.`, style)),
  ];
}

function verdict(report: BenchReport, style: Style): string[] {
  const spent = style.colors.dim(`(${duration(report.seconds)})`);
  const measured = report.queries.filter(({ status }) => status === 'measured').length;
  return wrap(
    report.equal
      ? `${mark(true, style)} ${style.colors.bold('Equal answers')} to ${counted(measured, 'question')}, before and after. ${spent}`
      : `${mark(false, style)} ${style.colors.bold('Not every answer is equal')}: what differs stands above. ${spent}`,
    style.width,
    '  ',
  );
}
