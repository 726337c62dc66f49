import type { PlanOptions, PlanReport } from '../reports.js';
export async function plan(_options: PlanOptions): Promise<PlanReport> {
  throw new Error('not written yet');
}
