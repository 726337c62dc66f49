import type { ProgressEvent } from '../../reports/progress.js';

/** Shows what a verb reports while it works. */
export interface ProgressDisplay {
  show(event: ProgressEvent): void;
  /** Leaves the terminal as it was found. May be called twice. */
  stop(): void;
}
