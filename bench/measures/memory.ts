import { ours } from '../contenders/ours.js';
import type { BenchServer } from '../server.js';

/** Peak resident memory of the process at a number of lanes. */
export interface Memory {
  readonly concurrency: number;
  readonly peakRssMb: number;
}

const LANES = [1, 2, 4];

export async function memory(server: BenchServer): Promise<Memory[]> {
  const found: Memory[] = [];
  for (const concurrency of LANES) {
    const { report } = await ours(server, ['--concurrency', String(concurrency)]);
    found.push({ concurrency, peakRssMb: report.peakRssBytes / 2 ** 20 });
  }
  return found;
}
