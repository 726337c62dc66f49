import type { Context } from '../context/context.js';
import { operator } from '../context/operator.js';
import { NoRowError } from '../db/no-row.js';
import { enterOrders, type Orders, type OrdersKey, readOrders, reportHalt } from '../ledger/orders.js';
import type { Lock } from './lock.js';

/** An order is followed at the latest this long after it was given, at the next batch. */
export const POLL_MS = 500;

/**
 * Where a run finds what it is told. It asks over the session that holds the lock, which has nothing else to do:
 * where that session is gone, and with it the right to work, the question fails and so does the run.
 */
export class Inbox {
  readonly #lock: Lock;
  readonly #key: OrdersKey;
  readonly #maxRate: number | null;
  #orders: Orders | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(context: Context, lock: Lock, maxRate: number | null) {
    this.#lock = lock;
    this.#key = { schema: context.schema, runPid: lock.backendPid };
    this.#maxRate = maxRate;
  }

  /** Lets orders come in; as soon as there is a ledger. Given again it does nothing. */
  async open(): Promise<void> {
    if (this.#orders !== undefined) return;
    await enterOrders(this.#lock.session, this.#key, this.#maxRate, operator());
    this.#orders = await readOrders(this.#lock.session, this.#key);
  }

  /** What is ordered now, asked for at most every half second. */
  async orders(): Promise<Orders> {
    if (performance.now() - this.#askedAt >= POLL_MS) {
      this.#orders = await readOrders(this.#lock.session, this.#key);
      this.#askedAt = performance.now();
    }
    if (this.#orders === undefined) throw new NoRowError('the entry of this run in drydock.orders');
    return this.#orders;
  }

  /** Says that the run stands still. */
  async reportHalt(): Promise<void> {
    await reportHalt(this.#lock.session, this.#key);
  }
}
