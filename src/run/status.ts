import type { StatusOptions, StatusReport } from '../reports.js';
export async function status(_options: StatusOptions): Promise<StatusReport> {
  throw new Error('not written yet');
}
