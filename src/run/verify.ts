import type { VerifyOptions, VerifyReport } from '../reports.js';
export async function verify(_options: VerifyOptions): Promise<VerifyReport> {
  throw new Error('not written yet');
}
