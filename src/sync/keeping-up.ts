import { count } from '../format/format.js';
import type { Backlog } from '../ledger/backlog.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { ProgressEvent } from '../reports/progress.js';
import type { CaughtUp } from './catch-up.js';

/** Figures are told about so often, in seconds. */
const TELL_EVERY = 2;
/** A window in which the backlog may grow, and how old a change may get, before it is said that it cannot be kept up. */
const WINDOW = 10;
const MOST_LAG = 5;

/** What one phase did since the last time that it was told. */
interface Tally {
  changes: number;
  lagSeconds: number;
  since: number;
  total: number;
}

/** Tells how following goes: what was applied, what is left, and when writers are faster. */
export class KeepingUp {
  readonly #report: (event: ProgressEvent) => void;
  readonly #now: () => number;
  readonly #tallies = new Map<PhaseName, Tally>();
  readonly #windows = new Map<
    PhaseName,
    { readonly backlog: number; readonly at: number; applied: number }
  >();

  constructor(report: (event: ProgressEvent) => void, now: () => number = () => performance.now() / 1000) {
    this.#report = report;
    this.#now = now;
  }

  /** After a round of a phase. */
  applied(phase: PhaseName, done: CaughtUp, backlog: Backlog): void {
    this.#tell(phase, done, backlog);
    this.#compare(phase, done, backlog);
  }

  #tell(phase: PhaseName, done: CaughtUp, backlog: Backlog): void {
    const now = this.#now();
    const tally = this.#tallies.get(phase) ?? { changes: 0, lagSeconds: 0, since: now, total: 0 };
    this.#tallies.set(phase, tally);
    tally.changes += done.changes;
    tally.total += done.changes;
    tally.lagSeconds = Math.max(tally.lagSeconds, done.lagSeconds);
    if (now - tally.since < TELL_EVERY) return;
    this.#report({
      type: 'sync',
      phase,
      changes: tally.total,
      backlog: backlog.changes,
      lagSeconds: Math.max(tally.lagSeconds, backlog.lagSeconds),
      changesPerSecond: Math.round(tally.changes / (now - tally.since)),
    });
    Object.assign(tally, { changes: 0, lagSeconds: 0, since: now });
  }

  #compare(phase: PhaseName, done: CaughtUp, backlog: Backlog): void {
    const now = this.#now();
    const window = this.#windows.get(phase) ?? { backlog: backlog.changes, at: now, applied: 0 };
    this.#windows.set(phase, window);
    window.applied += done.changes;
    const seconds = now - window.at;
    if (seconds < WINDOW) return;
    const grown = backlog.changes - window.backlog;
    if (grown > 0 && backlog.lagSeconds > MOST_LAG) {
      const rate = (changes: number) => count(changes / seconds);
      this.#report({
        type: 'notice',
        level: 'warn',
        message:
          `Phase ${phase} cannot be kept up: ${rate(window.applied + grown)} changes/s are written, ${rate(window.applied)} applied; ` +
          `${count(backlog.changes)} are left, the oldest ${Math.round(backlog.lagSeconds)} s old.`,
      });
    }
    this.#windows.set(phase, { backlog: backlog.changes, at: now, applied: 0 });
  }
}
