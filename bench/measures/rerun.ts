import { runPhase } from '../drydock.js';
import { type BenchServer, settle } from '../server.js';

/** Batches of a loaded phase, loaded again. */
export interface Rerun {
  readonly batches: number;
  readonly of: number;
  readonly seconds: number;
}

const SHARES = [0.02, 0.1];

/**
 * Loads one batch again, then about 2 % and about 10 % of all, from the middle of the table.
 *
 * @param total batches of the phase
 */
export async function rerun(server: BenchServer, total: number): Promise<Rerun[]> {
  const sizes = new Set([1, ...SHARES.map((share) => Math.max(1, Math.round(share * total)))]);
  const runs: Rerun[] = [];
  for (const batches of sizes) {
    const from = Math.max(1, Math.floor((total - batches) / 2));
    await settle(server);
    const { seconds, phase } = await runPhase(server, 'opportunities', [
      '--batches',
      `${from}..${from + batches - 1}`,
    ]);
    if (phase.batches.loaded !== batches)
      throw new Error(`${phase.batches.loaded} batches were loaded again, not ${batches}`);
    runs.push({ batches, of: total, seconds });
  }
  return runs;
}
