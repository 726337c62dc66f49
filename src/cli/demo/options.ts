import type { Shape } from '../shapes.js';

/** What the demo is asked for. */
export interface DemoOptions {
  /** Reddit submissions; the other tables follow from them. */
  readonly submissions: number;
  readonly seed: number;
  readonly shape: Shape;
  readonly keep: boolean;
  readonly concurrency: number;
}

export const DEMO_DEFAULTS = { submissions: 20_000, seed: 1, shape: 'B' } as const;
