/** How long a verb that needs tables for itself may wait for them. */
export interface LockOptions {
  /** Seconds to wait for transactions that stand in the way, in all; default 60. */
  readonly patience?: number | undefined;
  /**
   * Seconds for which one attempt may wait for the locks, once; without it none waits for longer than 0.4 s. Whoever uses
   * the tables meanwhile waits behind it. For tables with long transactions in close succession.
   */
  readonly lockWait?: number | undefined;
}
