import type { QueryTime, WatchedQuery } from '../reports/monitor.js';

/** Checks whose times make a baseline. */
export const LEARNING_CHECKS = 5;

/** What watched queries take when all is well: what the config says, else the median of the first checks. */
export class Baselines {
  readonly #learnt: Map<string, number[]>;

  constructor(learnt: Readonly<Record<string, readonly number[]>> = {}) {
    this.#learnt = new Map(Object.entries(learnt).map(([name, times]) => [name, [...times]]));
  }

  /** Sets the times of a check beside their baselines, and learns from them while there is something to learn. */
  timed(times: ReadonlyMap<string, number>, queries: readonly WatchedQuery[]): QueryTime[] {
    return queries.flatMap(({ name, baselineMs }) => {
      const ms = times.get(name);
      if (ms === undefined) return [];
      const baseline = baselineMs ?? this.#baselineOf(name);
      if (baseline === null) this.#learnt.set(name, [...(this.#learnt.get(name) ?? []), ms]);
      return [{ name, ms, baselineMs: baseline }];
    });
  }

  /** What was learnt, to be kept. */
  get learnt(): Readonly<Record<string, readonly number[]>> {
    return Object.fromEntries(this.#learnt);
  }

  #baselineOf(name: string): number | null {
    const times = this.#learnt.get(name) ?? [];
    if (times.length < LEARNING_CHECKS) return null;
    return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? null;
  }
}
