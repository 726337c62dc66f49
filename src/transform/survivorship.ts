import { NULL } from '../copy-binary/values.js';
import type { Survivorship } from '../mapping/mapping.js';
import type { Contributor } from './contributor.js';
import type { Row } from './row.js';
import { compareLatestFirst } from './timestamps.js';

/** The row of each source, in the order of the sources; or null. */
export type Rows = readonly (Row | null)[];

/** Finds the one of a column's contributors whose value survives, and has it look at that value; -1 for none. */
export type Choice = (rows: Rows) => number;

/** Columns whose values come from one row. */
interface Together {
  readonly newest: boolean;
  readonly nullsCount: boolean;
  /** The contributors of each source, the first named source first. */
  readonly bySource: Map<number, Contributor[]>;
  chosen: number;
}

/** Decides which values survive where it is not just the first one: by the time of the rows, or by a group of columns. */
export class Survivors {
  readonly #updatedAt: (source: number, row: Row) => string;
  readonly #groups = new Map<string, Together>();
  /** Sources whose times are wanted, and the times of the rows at hand. */
  readonly #timed = new Set<number>();
  readonly #times: string[] = [];
  #filling: Rows = [];
  /** Contributors that any row of their source fills, not only the one that won. */
  readonly fillers: Contributor[] = [];
  /** Whether the value that was chosen last may be one of another row than the one that won. */
  isOfOther = false;

  /** @param updatedAt when a row of a source was changed last */
  constructor(updatedAt: (source: number, row: Row) => string) {
    this.#updatedAt = updatedAt;
  }

  /** How the value of a column is chosen among its contributors; null: it is the first that has one. */
  choiceOf(survivorship: Survivorship | undefined, contributors: readonly Contributor[]): Choice | null {
    if (survivorship === undefined) return null;
    const newest = survivorship.by === 'newest';
    const nullsCount = survivorship.nullsCount === true;
    if (survivorship.by === 'filled') {
      const first = this.fillers.length;
      this.fillers.push(...contributors);
      return (rows) => this.#filled(contributors, first, rows);
    }
    if (newest) for (const { source } of contributors) this.#timed.add(source);
    if (survivorship.together !== null) {
      const group = this.#group(survivorship.together, newest, nullsCount);
      for (const contributor of contributors) {
        const list = group.bySource.get(contributor.source) ?? [];
        group.bySource.set(contributor.source, [...list, contributor]);
      }
      return (rows) => firstOf(contributors, rows, group.chosen);
    }
    if (nullsCount) return (rows) => firstOf(contributors, rows, this.#answering(contributors, rows, newest));
    return newest ? (rows) => this.#newest(contributors, rows) : null;
  }

  /**
   * Prepares the choices for other rows.
   *
   * @param filling for each of `fillers` the first row that has a value for it; of those left out it is the one that won
   */
  begin(rows: Rows, filling: Rows): void {
    this.#filling = filling;
    if (this.#timed.size === 0 && this.#groups.size === 0) return;
    for (const source of this.#timed) {
      const row = rows[source];
      this.#times[source] = row == null ? NULL : this.#updatedAt(source, row);
    }
    for (const group of this.#groups.values()) {
      group.chosen = -1;
      for (const [source, contributors] of group.bySource) {
        const row = rows[source];
        if (row == null || !(group.chosen < 0 || (group.newest && this.#isNewer(source, group.chosen))))
          continue;
        if (group.nullsCount || contributors.some((contributor) => contributor.look(row)))
          group.chosen = source;
      }
    }
  }

  #group(name: string, newest: boolean, nullsCount: boolean): Together {
    const group = this.#groups.get(name) ?? { newest, nullsCount, bySource: new Map(), chosen: -1 };
    this.#groups.set(name, group);
    return group;
  }

  #newest(contributors: readonly Contributor[], rows: Rows): number {
    let best = -1;
    let source = -1;
    for (let index = 0; index < contributors.length; index += 1) {
      const contributor = contributors[index] as Contributor;
      const row = rows[contributor.source];
      if (row == null || (best >= 0 && !this.#isNewer(contributor.source, source))) continue;
      if (!contributor.look(row)) continue;
      best = index;
      source = contributor.source;
    }
    return best;
  }

  #filled(contributors: readonly Contributor[], first: number, rows: Rows): number {
    this.isOfOther = false;
    for (let index = 0; index < contributors.length; index += 1) {
      const contributor = contributors[index] as Contributor;
      const own = rows[contributor.source] ?? null;
      const row = this.#filling[first + index] ?? own;
      if (row === null || !contributor.look(row)) continue;
      this.isOfOther = row !== own;
      return index;
    }
    return -1;
  }

  /** The source that answers, whatever it holds: the first that has a row, or the one that was changed last; -1 for none. */
  #answering(contributors: readonly Contributor[], rows: Rows, newest: boolean): number {
    let found = -1;
    for (const { source } of contributors)
      if (rows[source] != null && (found < 0 || (newest && this.#isNewer(source, found)))) found = source;
    return found;
  }

  #isNewer(source: number, other: number): boolean {
    return compareLatestFirst(this.#times[source] ?? NULL, this.#times[other] ?? NULL) < 0;
  }
}

/** The first contributor of a source that has a value. */
function firstOf(contributors: readonly Contributor[], rows: Rows, source: number): number {
  const row = rows[source];
  if (row == null) return -1;
  return contributors.findIndex((contributor) => contributor.source === source && contributor.look(row));
}
