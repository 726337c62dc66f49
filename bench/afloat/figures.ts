import { median } from '../median.js';
import type { Target } from '../targets.js';
import type { Burst } from './burst.js';
import type { CaptureCost } from './capture-cost.js';
import { type Cutovers, p99 } from './cutovers.js';
import type { Lag } from './lag.js';

/** What the bench of a database in use measures. */
export interface AfloatFigures {
  readonly rows: number;
  readonly capture: CaptureCost;
  readonly burst: Burst;
  readonly lag: Lag;
  readonly cutovers: Cutovers;
  readonly machine: Readonly<Record<string, string>>;
  readonly targets: readonly Target[];
}

const MOST_MEMORY_MB = 256;
const WIDTH = 54;
const MOST_ERRORS = 5;

/** The promises that this run has figures for. */
export function targetsOf(figures: Omit<AfloatFigures, 'targets'>): Target[] {
  const { capture, burst, lag, cutovers } = figures;
  return [
    atMost('writers slowed down by capture, %', 10, capture.cost * 100),
    atLeast('keys applied per second', 10_000, burst.keysPerSecond),
    atMost(`lag p99 at ${Math.round(lag.writesPerSecond)} writes/s, s`, 1, lag.p99),
    atMost('peak memory of sync, MB', MOST_MEMORY_MB, burst.peakRssMb),
    atMost(
      `write pause at cutover p99 at ${Math.round(cutovers.writesPerSecond)} writes/s, ms`,
      100,
      p99(cutovers.cutover.writes),
    ),
    atMost('writes that failed', 0, cutovers.failed.length),
  ];
}

function atMost(name: string, target: number, measured: number): Target {
  return { name, bound: 'at most', target, measured, met: measured <= target };
}

function atLeast(name: string, target: number, measured: number): Target {
  return { name, bound: 'at least', target, measured, met: measured >= target };
}

export function describeFigures(figures: AfloatFigures): string[] {
  const { rows, capture, burst, lag, cutovers, machine, targets } = figures;
  const line = (name: string, value: string) => `  ${name.padEnd(WIDTH)}${value.padStart(12)}`;
  return [
    '',
    `${rows.toLocaleString('en')} submissions`,
    line('writes/s without capture', number(capture.without)),
    line('writes/s with capture', number(capture.with)),
    line('changes of a burst', number(burst.changes)),
    line('keys of a burst', number(burst.keys)),
    line('changes/s applied', number(burst.changesPerSecond)),
    line('keys/s applied', number(burst.keysPerSecond)),
    line('peak memory, MB', number(burst.peakRssMb)),
    line('writes/s while following', number(lag.writesPerSecond)),
    line('lag p50, s', number(lag.p50)),
    line('lag p99, s', number(lag.p99)),
    line('probes', number(lag.probes)),
    line('cutovers, and as many rollbacks', number(cutovers.cutover.writes.length)),
    line('writes/s beside them', number(cutovers.writesPerSecond)),
    ...(['cutover', 'rollback'] as const).flatMap((name) => [
      line(`longest write at a ${name}, median, ms`, number(median(cutovers[name].writes))),
      line(`longest write at a ${name}, p99, ms`, number(p99(cutovers[name].writes))),
      line(`locks of a ${name}, median, ms`, number(median(cutovers[name].locks))),
      line(`locks of a ${name}, p99, ms`, number(p99(cutovers[name].locks))),
    ]),
    ...[...new Set(cutovers.failed)].slice(0, MOST_ERRORS).map((error) => `  failed: ${error}`),
    '',
    'Machine',
    ...Object.entries(machine).map(([name, value]) => `  ${name.padEnd(22)}${value}`),
    '',
    'Targets',
    ...targets.map(({ name, bound, target, measured, met }) => {
      const limit = `${bound === 'at most' ? '<=' : '>='} ${number(target)}`;
      return `  ${name.padEnd(WIDTH)}${limit.padStart(12)}${number(measured).padStart(12)}  ${met ? 'met' : 'MISSED'}`;
    }),
  ];
}

const number = (value: number) =>
  Number.isInteger(value) || Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toFixed(3);
