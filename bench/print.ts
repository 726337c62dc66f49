import type { Figures } from './figures.js';
import type { Size } from './measures/account.js';
import type { Round } from './round.js';
import { TARGET_ROWS } from './targets.js';

const whole = (value: number) => Math.round(value).toLocaleString('en');
const row = (name: string, value: string, unit = '') =>
  `${name.padEnd(34)}${value.padStart(10)} ${unit}`.trimEnd();

/** One line while the bench goes on. */
export function describeRound({ ours, insertSelect, rawCopy, scan }: Round): string {
  const parts = { ours, 'insert-select': insertSelect, 'raw copy': rawCopy, scan: scan && { seconds: scan } };
  return Object.entries(parts)
    .flatMap(([name, part]) => (part ? [`${name} ${part.seconds.toFixed(2)} s`] : []))
    .join(', ');
}

export function describe(figures: Figures): string[] {
  const { baseline, megabytesPerSecond } = figures;
  return [
    ...section(
      `Medians of ${figures.runs}, ${whole(figures.rows)} submissions, ${whole(figures.legacyRows)} legacy rows`,
      [
        ...Object.entries(figures.medians).map(([name, value]) => row(name, value.toFixed(2), 's')),
        row('rows/s', whole(figures.rowsPerSecond)),
        ...(megabytesPerSecond === undefined ? [] : [row('MB/s', megabytesPerSecond.toFixed(1))]),
        row('seconds per million rows', figures.secondsPerMillionRows.toFixed(2), 's'),
        row('peak memory', figures.peakRssMb.toFixed(0), 'MB'),
      ],
    ),
    ...section(
      'Ratios',
      Object.entries(figures.ratios).map(([name, value]) => row(name, value.toFixed(3))),
    ),
    ...section(
      'Batches loaded again',
      (figures.rerun ?? []).map(({ batches, of, seconds }) =>
        row(`${batches} of ${of}`, seconds.toFixed(2), 's'),
      ),
    ),
    ...section(
      'Reader of the legacy tables, queries per second',
      (figures.reader ?? []).flatMap(({ arguments: args, alone, beside }) => [
        row('alone', whole(alone)),
        row(['beside drydock run', ...args].join(' '), whole(beside)),
      ]),
    ),
    ...section(
      'Peak memory by lanes',
      (figures.memory ?? []).map(({ concurrency, peakRssMb }) =>
        row(`--concurrency ${concurrency}`, peakRssMb.toFixed(0), 'MB'),
      ),
    ),
    ...section(
      'Rows made',
      Object.entries(figures.unifiedRows).map(([name, value]) => row(name, whole(value))),
    ),
    ...section('Bytes', accountLines(figures.account)),
    ...(baseline === undefined
      ? []
      : section('Baseline', [
          row('submissions', whole(baseline.rows)),
          row('seconds per million rows', baseline.secondsPerMillionRows.toFixed(2), 's'),
          row('peak memory', baseline.peakRssMb.toFixed(0), 'MB'),
        ])),
    ...section(
      'Machine',
      Object.entries(figures.machine).map(([name, value]) => `${name.padEnd(22)}${value}`),
    ),
    ...section('Targets', targetLines(figures)),
  ];
}

const MIB = 2 ** 20;

function accountLines(account: readonly Size[]): string[] {
  const line = (name: string, parts: readonly (number | string)[]) =>
    `${name.padEnd(34)}${parts.map((part) => (typeof part === 'string' ? part : (part / MIB).toFixed(1)).padStart(10)).join('')}`;
  const sum = (side: Size['side'], part: 'heap' | 'toast' | 'indexes' | 'total') =>
    account.reduce((all, size) => (size.side === side ? all + size[part] : all), 0);
  const lines = (side: Size['side']) => [
    ...account
      .filter((size) => size.side === side)
      .map(({ name, heap, toast, indexes, total }) => line(name, [heap, toast, indexes, total])),
    line(`all ${side}`, [sum(side, 'heap'), sum(side, 'toast'), sum(side, 'indexes'), sum(side, 'total')]),
  ];
  const ratio = sum('ours', 'total') / sum('legacy', 'total');
  return [
    line('MiB', ['heap', 'TOAST', 'indexes', 'total']),
    ...lines('legacy'),
    ...lines('ours'),
    line('ours / legacy', ['', '', '', ratio.toFixed(3)]),
  ];
}

function targetLines({ rows, targets }: Figures): string[] {
  return [
    `${''.padEnd(48)}${'target'.padStart(11)}${'measured'.padStart(11)}`,
    ...targets.map(({ name, bound, target, measured, met }) => {
      const limit = `${bound === 'at most' ? '<=' : '>='} ${number(target)}`;
      return `${name.padEnd(48)}${limit.padStart(11)}${number(measured).padStart(11)}  ${met ? 'met' : 'MISSED'}`;
    }),
    ...(rows < TARGET_ROWS ? [`They are meant for ${whole(TARGET_ROWS)} submissions and more.`] : []),
  ];
}

const number = (value: number) => (Number.isInteger(value) || value >= 100 ? whole(value) : value.toFixed(3));

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
