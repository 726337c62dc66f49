import type { Target } from '../targets.js';
import type { Burst } from './burst.js';
import type { CaptureCost } from './capture-cost.js';
import type { Lag } from './lag.js';

/** What the bench of a database in use measures. */
export interface AfloatFigures {
  readonly rows: number;
  readonly capture: CaptureCost;
  readonly burst: Burst;
  readonly lag: Lag;
  /** Milliseconds that writers waited at a cutover; where one was measured. */
  readonly cutoverPauseP99Ms?: number;
  readonly machine: Readonly<Record<string, string>>;
  readonly targets: readonly Target[];
}

const MOST_MEMORY_MB = 256;

/** The promises that this run has figures for. */
export function targetsOf(figures: Omit<AfloatFigures, 'targets'>): Target[] {
  const { capture, burst, lag, cutoverPauseP99Ms } = figures;
  return [
    atMost('writers slowed down by capture, %', 10, capture.cost * 100),
    atLeast('keys applied per second', 10_000, burst.keysPerSecond),
    atMost(`lag p99 at ${Math.round(lag.writesPerSecond)} writes/s, s`, 1, lag.p99),
    atMost('peak memory of sync, MB', MOST_MEMORY_MB, burst.peakRssMb),
    ...(cutoverPauseP99Ms === undefined
      ? []
      : [atMost('write pause at cutover p99, ms', 100, cutoverPauseP99Ms)]),
  ];
}

function atMost(name: string, target: number, measured: number): Target {
  return { name, bound: 'at most', target, measured, met: measured <= target };
}

function atLeast(name: string, target: number, measured: number): Target {
  return { name, bound: 'at least', target, measured, met: measured >= target };
}

export function describeFigures({ rows, capture, burst, lag, machine, targets }: AfloatFigures): string[] {
  const line = (name: string, value: string) => `  ${name.padEnd(40)}${value.padStart(12)}`;
  return [
    '',
    `${rows.toLocaleString('en')} submissions`,
    line('writes/s without capture', number(capture.without)),
    line('writes/s with capture', number(capture.with)),
    line('changes of a burst', number(burst.changes)),
    line('keys of a burst', number(burst.keys)),
    line('keys/s applied', number(burst.keysPerSecond)),
    line('peak memory, MB', number(burst.peakRssMb)),
    line('writes/s while following', number(lag.writesPerSecond)),
    line('lag p50, s', number(lag.p50)),
    line('lag p99, s', number(lag.p99)),
    line('probes', number(lag.probes)),
    '',
    'Machine',
    ...Object.entries(machine).map(([name, value]) => `  ${name.padEnd(22)}${value}`),
    '',
    'Targets',
    ...targets.map(({ name, bound, target, measured, met }) => {
      const limit = `${bound === 'at most' ? '<=' : '>='} ${number(target)}`;
      return `  ${name.padEnd(40)}${limit.padStart(12)}${number(measured).padStart(12)}  ${met ? 'met' : 'MISSED'}`;
    }),
  ];
}

const number = (value: number) =>
  Number.isInteger(value) || Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toFixed(3);
