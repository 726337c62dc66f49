import type { RunOptions, RunReport } from '../reports.js';
export async function run(_options: RunOptions): Promise<RunReport> {
  throw new Error('not written yet');
}
