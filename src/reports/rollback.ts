import type { PhaseName } from './target.js';

export interface RollbackReport {
  readonly database: string;
  readonly schema: string;
  readonly phases: readonly { readonly phase: PhaseName; readonly dropped: readonly string[] }[];
}
