import { cpus, freemem, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sample } from '../../reports/monitor.js';

/** Shorter than this, the clock of the processors is too coarse. */
const LEAST_MS = 500;

interface CpuTimes {
  readonly at: number;
  readonly busy: number;
  readonly total: number;
}

/** Measures this machine, from each reading to the next. */
export class Machine {
  #before = cpuTimes();

  async read(signal?: AbortSignal): Promise<NonNullable<Sample['machine']>> {
    const wait = LEAST_MS - (performance.now() - this.#before.at);
    if (wait > 0) await sleep(wait, undefined, { signal });
    const [before, after] = [this.#before, cpuTimes()];
    this.#before = after;
    const total = after.total - before.total;
    return {
      cpu: total > 0 ? (after.busy - before.busy) / total : 0,
      memory: 1 - freemem() / totalmem(),
      cores: cpus().length,
    };
  }
}

function cpuTimes(): CpuTimes {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    total += sum;
    busy += sum - times.idle;
  }
  return { at: performance.now(), busy, total };
}
