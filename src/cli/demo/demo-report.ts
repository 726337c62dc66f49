import type { BenchReport } from '../../reports/bench.js';
import type { PlanReport } from '../../reports/plan.js';
import type { RunReport } from '../../reports/run.js';
import type { VerifyReport } from '../../reports/verify.js';
import type { DemoOptions } from './options.js';

/** All that one demo found. */
export interface DemoReport {
  readonly demo: Pick<DemoOptions, 'submissions' | 'seed' | 'shape'> & {
    readonly legacyRows: Readonly<Record<string, number>>;
    readonly seconds: { readonly start: number; readonly generate: number; readonly total: number };
  };
  readonly plan: PlanReport;
  readonly run: RunReport;
  readonly verify: VerifyReport;
  /** A few questions before and after; null where a table differs from its view. */
  readonly bench: BenchReport | null;
  /** The page that tells all of it. */
  readonly page: string;
}
