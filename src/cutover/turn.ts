import type { Context } from '../context/context.js';
import type { Phase } from '../mapping/phase.js';
import type { LockPatience } from './locks.js';

/** A phase in the middle of a change of its names. */
export interface Turn extends LockPatience {
  readonly context: Context;
  readonly phase: Phase;
  readonly phaseId: number;
  readonly serverVersion: number;
  /** Both sides were compared by this command already, before it touched any phase. */
  readonly isProven?: boolean;
}
