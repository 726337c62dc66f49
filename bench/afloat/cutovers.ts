import type { CutoverReport, RollbackReport, Swap } from '../../src/index.js';
import { drydock } from '../drydock.js';
import type { BenchServer } from '../server.js';
import type { SlowWrite } from './writer.js';
import { write } from './writers.js';

/** What writers met while names were swapped, there and back, again and again. */
export interface Cutovers {
  readonly writesPerSecond: number;
  readonly cutover: Pauses;
  readonly rollback: Pauses;
  /** Writes that failed meanwhile, by what the server said. */
  readonly failed: readonly string[];
}

/** Of each swap, in milliseconds. */
export interface Pauses {
  /** The longest that a write took while the command was at work, as the writers saw it. */
  readonly writes: readonly number[];
  /** From the first lock asked for to the commit, as the command tells it. */
  readonly locks: readonly number[];
}

/** More than all cycles take by far. */
const MOST_SECONDS = 600;
const PHASE = ['--phase', 'opportunities'];

/** Cuts a phase over and back, beside writers who know nothing of it. */
export async function cutovers(
  server: BenchServer,
  options: { readonly cycles: number; readonly perSecond: number; readonly connections: number },
): Promise<Cutovers> {
  const enough = new AbortController();
  const writing = write(server, { ...options, seconds: MOST_SECONDS }, enough.signal);
  const there: Turn[] = [];
  const back: Turn[] = [];
  try {
    for (let cycle = 0; cycle < options.cycles; cycle += 1) {
      there.push(
        await turn(async () => {
          const report = await drydock<CutoverReport>(server, ['cutover', ...PHASE, '--no-backup']);
          return report.phases[0]?.swap;
        }),
      );
      back.push(
        await turn(async () => {
          const report = await drydock<RollbackReport>(server, ['rollback', ...PHASE, '--yes']);
          return report.phases[0]?.reverted?.swap;
        }),
      );
    }
  } finally {
    enough.abort();
  }
  const { writes, seconds, failed, slow } = await writing;
  return {
    writesPerSecond: writes / seconds,
    cutover: pauses(there, slow),
    rollback: pauses(back, slow),
    failed,
  };
}

interface Turn {
  readonly from: number;
  readonly to: number;
  readonly swap: Swap;
}

async function turn(command: () => Promise<Swap | null | undefined>): Promise<Turn> {
  const from = Date.now();
  const swap = await command();
  if (swap === null || swap === undefined)
    throw new Error('no names were swapped: there is nothing to measure');
  return { from, to: Date.now(), swap };
}

function pauses(turns: readonly Turn[], slow: readonly SlowWrite[]): Pauses {
  return {
    writes: turns.map(({ from, to }) =>
      Math.max(0, ...slow.filter(({ at, ms }) => at <= to && at + ms >= from).map(({ ms }) => ms)),
    ),
    locks: turns.map(({ swap }) => swap.waitedMs + swap.heldMs),
  };
}

/** The value that 99 in 100 do not exceed; of fewer than 100 the greatest. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}
