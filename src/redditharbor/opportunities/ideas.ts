import { NULL } from '../../copy-binary/values.js';
import { Contest, compareText, type Standing } from '../../transform/dedupe.js';
import { foldText } from '../../transform/fingerprint.js';
import type { Row } from '../../transform/row.js';
import { compareTimes } from '../../transform/timestamps.js';

/** A contest that keeps the winner's row. */
export interface Entry extends Standing {
  readonly row: Row;
}

/** One real opportunity: one idea of `opportunities` (or none), and what the other tables say about it. */
export interface Idea {
  /** The contest of its `opportunities` rows; null when there are none. */
  readonly contest: Contest | null;
  /** Folded app name or title. */
  readonly name: string;
  app: Contest<Entry> | null;
  workflow: Contest<Entry> | null;
}

/** The ideas of one submission, and which of them another table's row belongs to. */
export class Ideas {
  readonly #byFingerprint = new Map<string, Idea>();
  /** Only where rows name an opportunity by its id. */
  #byOpportunity: Map<string, Idea> | undefined;
  #earliest: Idea | undefined;
  /** The idea that all rows of `app_opportunities` belong to. */
  appIdea: Idea | null = null;
  /** Likewise for `workflow_results`, where its rows do not name one each. */
  workflowIdea: Idea | null = null;

  /** Only where a submission has a few rows: they stay at hand, and their fingerprints need not be made again. */
  #byRow: Map<Row, Idea> | undefined;

  /** Books an `opportunities` row under its fingerprint. */
  enter(fingerprint: string, name: string, standing: Standing): Idea {
    let idea = this.#byFingerprint.get(fingerprint);
    if (idea === undefined) {
      idea = { contest: new Contest(standing), name: foldText(name), app: null, workflow: null };
      this.#byFingerprint.set(fingerprint, idea);
    } else idea.contest?.enter(standing);
    this.#earliest = undefined;
    return idea;
  }

  remember(row: Row, idea: Idea): void {
    this.#byRow ??= new Map();
    this.#byRow.set(row, idea);
  }

  remembered(row: Row): Idea | undefined {
    return this.#byRow?.get(row);
  }

  /** Remembers which idea an opportunity's id stands for. */
  point(opportunityId: string, fingerprint: string): void {
    const idea = this.#byFingerprint.get(fingerprint);
    if (idea === undefined) return;
    this.#byOpportunity ??= new Map();
    this.#byOpportunity.set(opportunityId, idea);
  }

  of(fingerprint: string): Idea {
    const idea = this.#byFingerprint.get(fingerprint);
    if (idea === undefined) throw new Error('a row changed between two passes over it');
    return idea;
  }

  /** The only idea; a bare one, without a row of `opportunities`, when there are none. */
  get earliest(): Idea {
    if (this.#byFingerprint.size === 0) {
      this.#byFingerprint.set('', { contest: null, name: '', app: null, workflow: null });
    }
    this.#earliest ??= [...this.#byFingerprint.values()].reduce((a, b) =>
      comparePrecedence(a, b) <= 0 ? a : b,
    );
    return this.#earliest;
  }

  /** The idea with this app name, the earliest of them; without one the earliest of all. */
  named(name: string): Idea {
    if (this.#byFingerprint.size <= 1 || name === NULL) return this.earliest;
    const folded = foldText(name);
    const same = [...this.#byFingerprint.values()].filter((idea) => idea.name === folded);
    return folded === '' || same.length === 0
      ? this.earliest
      : same.reduce((a, b) => (comparePrecedence(a, b) <= 0 ? a : b));
  }

  /** The idea that an opportunity's id stands for; without one the earliest of all. */
  pointedAt(opportunityId: string): Idea {
    return this.#byOpportunity?.get(opportunityId) ?? this.earliest;
  }
}

/** Earlier creation first, rows without a time last; then the smaller id. */
function comparePrecedence(a: Idea, b: Idea): number {
  return (
    compareEarliestFirst(a.contest?.created ?? NULL, b.contest?.created ?? NULL) ||
    compareText(a.contest?.best.identity ?? '', b.contest?.best.identity ?? '')
  );
}

function compareEarliestFirst(a: string, b: string): number {
  if (a === NULL || b === NULL) return Number(a === NULL) - Number(b === NULL);
  return compareTimes(a, b);
}
