import type { TargetOptions, RollbackReport } from '../reports.js';
export async function rollback(_options: TargetOptions): Promise<RollbackReport> {
  throw new Error('not written yet');
}
