import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.js';
import type { Session } from '../db/session.js';
import type { Orders } from '../ledger/orders.js';
import type { PhaseName } from '../reports/phase-name.js';
import { type Inbox, POLL_MS } from './control-channel.js';
import { RowRate } from './row-rate.js';
import { MOST_LAG_SECONDS, restMs, type ServerLoad, serverLoad } from './server-load.js';

/**
 * While a run is held back, no snapshot of it is older than about this: it keeps vacuum from cleaning up in the
 * whole database. A new snapshot costs a scan of the range that is read from it.
 */
const SNAPSHOT_SECONDS = 60;

/** Batches read from one snapshot when a run is nice, where its rate does not say how many a minute holds. */
const NICE_BATCHES = 16;

export interface PaceParts {
  readonly context: Context;
  readonly phase: PhaseName;
  readonly inbox: Inbox;
  /** For questions about the load of the server; given when the run is to be nice. */
  readonly watch: Session | undefined;
}

/**
 * When the next batch of a phase may go: within the rate, not at the expense of others, and not while the run is
 * paused. Asked between batches, when nothing of the batches before waits for it.
 */
export class Pace {
  readonly #parts: PaceParts;
  readonly #rate = new RowRate(null);
  #orders: Orders | undefined;
  #load: ServerLoad | undefined;
  #loadAt = Number.NEGATIVE_INFINITY;
  #wentAt: number | undefined;
  #snapshotAt = 0;
  #heldMs = 0;
  #sleeps = 0;

  constructor(parts: PaceParts) {
    this.#parts = parts;
  }

  /** The phase whose batches wait. */
  get phase(): PhaseName {
    return this.#parts.phase;
  }

  /** Seconds that were waited. */
  get heldSeconds(): number {
    return this.#heldMs / 1000;
  }

  /** Rows that were read, and count for the rate. */
  charge(rows: number): void {
    this.#rate.charge(rows);
  }

  /** Waits for the turn of a segment: as long as it takes, because nothing is open. Gives whether it had to. */
  async beforeSegment(): Promise<boolean> {
    const sleeps = this.#sleeps;
    await this.#turn(false);
    this.#snapshotAt = performance.now();
    return this.#sleeps > sleeps;
  }

  /** Waits for the turn of a batch; false: the snapshot that it would be read from is to be given up before. */
  beforeBatch(): Promise<boolean> {
    return this.#turn(true);
  }

  /** How many batches of this size may be read from one snapshot. */
  batchesPerSnapshot(batchSize: number): number {
    const { perSecond } = this.#rate;
    const byRate = perSecond === null ? Number.POSITIVE_INFINITY : (perSecond * SNAPSHOT_SECONDS) / batchSize;
    const byNiceness = this.#parts.watch === undefined ? Number.POSITIVE_INFINITY : NICE_BATCHES;
    return Math.max(1, Math.floor(Math.min(byRate, byNiceness)));
  }

  async #turn(snapshotOpen: boolean): Promise<boolean> {
    const { context, inbox } = this.#parts;
    const from = performance.now();
    const worked = from - (this.#wentAt ?? from);
    const sleeps = this.#sleeps;
    let yielded = false;
    try {
      for (;;) {
        context.signal?.throwIfAborted();
        await this.#follow(await inbox.orders(), snapshotOpen);
        const load = await this.#watch();
        if (snapshotOpen && (this.#isPaused || load.blocked > 0 || this.#snapshotIsOld)) return false;
        const rested = performance.now() - from;
        const waits = [this.#rate.waitMs, restMs(load, worked) - rested];
        const held = this.#isPaused || load.lagSeconds > MOST_LAG_SECONDS || load.blocked > 0;
        if (held) waits.push(POLL_MS);
        const wait = Math.max(...waits);
        if (wait <= 0) return true;
        if (held && !this.#isPaused && !yielded) this.#say(load);
        yielded ||= held;
        // In small steps: an order may change what is waited for.
        this.#sleeps += 1;
        await sleep(Math.min(wait, POLL_MS), undefined, { signal: context.signal });
      }
    } finally {
      this.#wentAt = performance.now();
      if (this.#sleeps > sleeps) this.#heldMs += this.#wentAt - from;
    }
  }

  get #isPaused(): boolean {
    return this.#orders?.paused === true;
  }

  get #snapshotIsOld(): boolean {
    const heldBack = this.#rate.perSecond !== null || this.#parts.watch !== undefined;
    return heldBack && performance.now() - this.#snapshotAt > SNAPSHOT_SECONDS * 1000;
  }

  /** Takes over what is ordered; and says so, a halt not before it is one. */
  async #follow(orders: Orders, snapshotOpen: boolean): Promise<void> {
    const { inbox } = this.#parts;
    const before = this.#orders;
    if (orders.paused && snapshotOpen) {
      this.#orders = { ...orders, halted: false };
      return;
    }
    this.#rate.perSecond = orders.maxRate;
    this.#orders = orders;
    if (orders.paused && before?.halted !== true) {
      await inbox.reportHalt();
      this.#orders = { ...orders, halted: true };
      this.#report('paused', orders.pauseBy, orders.pauseAt);
    }
    if (!orders.paused && before?.paused === true) this.#report('resumed', orders.pauseBy, orders.pauseAt);
    if (before !== undefined && before.maxRate !== orders.maxRate) {
      this.#report('throttled', orders.throttledBy, orders.throttledAt);
    }
  }

  #report(order: 'paused' | 'resumed' | 'throttled', by: string | null, at: string | null): void {
    const { context, phase } = this.#parts;
    const maxRate = this.#rate.perSecond;
    context.report({ type: 'order', phase, order, by: by ?? '', at: at ?? '', maxRate });
  }

  async #watch(): Promise<ServerLoad> {
    const { watch } = this.#parts;
    if (watch === undefined) return { active: 0, blocked: 0, lagSeconds: 0 };
    if (this.#load === undefined || performance.now() - this.#loadAt >= POLL_MS) {
      this.#load = await serverLoad(watch);
      this.#loadAt = performance.now();
    }
    return this.#load;
  }

  #say({ blocked, lagSeconds }: ServerLoad): void {
    const why =
      blocked > 0
        ? `sessions that wait for a lock of ours (${blocked})`
        : `a replica that is ${Math.round(lagSeconds)} s behind`;
    const message = `${this.#parts.phase}: waits for ${why}`;
    this.#parts.context.report({ type: 'notice', level: 'info', message });
  }
}
