/**
 * How fast rows go by since a step began. Rows that an earlier run had loaded are not counted: a resumed run would
 * otherwise look faster than it is, and its end nearer.
 */
export class Pace {
  #startedAt: number;
  #heldAt: number | null = null;
  readonly #now: () => number;
  #firstRows: number | null = null;
  #doneRows = 0;
  #totalRows = 0;

  /** `now` gives milliseconds; it never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedAt = now();
  }

  update(batch: { readonly rows: number; readonly doneRows: number; readonly totalRows: number }): void {
    this.#firstRows ??= batch.doneRows - batch.rows;
    this.#doneRows = batch.doneRows;
    this.#totalRows = batch.totalRows;
  }

  /** The time from here to `goOn` is not counted either. */
  hold(): void {
    this.#heldAt ??= this.#now();
  }

  goOn(): void {
    if (this.#heldAt !== null) this.#startedAt += this.#now() - this.#heldAt;
    this.#heldAt = null;
  }

  /** Rows per second; 0 while nothing is known. */
  get rate(): number {
    const seconds = ((this.#heldAt ?? this.#now()) - this.#startedAt) / 1000;
    return seconds > 0 && this.#firstRows !== null ? (this.#doneRows - this.#firstRows) / seconds : 0;
  }

  /** Seconds to the end at this pace; null while nothing is known. */
  get secondsLeft(): number | null {
    return this.rate > 0 ? Math.max(0, this.#totalRows - this.#doneRows) / this.rate : null;
  }
}
