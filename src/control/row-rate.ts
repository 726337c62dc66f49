/**
 * A limit of rows per second. Rows that went by are a debt that is paid off as time passes, and the next batch waits
 * until it is paid. So a batch of many seconds' worth is followed by as many seconds, and time in which nothing
 * went by is not made up for later in a burst.
 */
export class RowRate {
  readonly #now: () => number;
  #perSecond: number | null;
  #debt = 0;
  #paidUntil: number;

  /** `now` gives milliseconds; it never goes back. */
  constructor(perSecond: number | null, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#paidUntil = now();
  }

  /** Rows per second; null: no limit. */
  get perSecond(): number | null {
    return this.#perSecond;
  }

  /** From now on. What is owed is owed at the new rate. */
  set perSecond(perSecond: number | null) {
    this.#pay();
    this.#perSecond = perSecond;
  }

  charge(rows: number): void {
    this.#pay();
    this.#debt += rows;
  }

  /** Milliseconds until the debt is paid. */
  get waitMs(): number {
    this.#pay();
    return this.#perSecond === null ? 0 : (this.#debt / this.#perSecond) * 1000;
  }

  #pay(): void {
    const now = this.#now();
    const paid = this.#perSecond === null ? this.#debt : ((now - this.#paidUntil) / 1000) * this.#perSecond;
    this.#debt = Math.max(0, this.#debt - paid);
    this.#paidUntil = now;
  }
}
