import type { Alert, AlertChange, AlertCode, Finding, Severity, Thresholds } from '../reports/monitor.js';
import type { Rule, View } from './rules/rule.js';

/** A finding that stands, and for how many checks it has. */
interface Entry {
  readonly alert: Alert;
  readonly checks: number;
  readonly fired: boolean;
}

/** What is kept of a book. */
export type OpenAlerts = readonly Entry[];

/** Remembers which alerts stand, so that each fires once, again when it changes, and is cleared once. */
export class AlertBook {
  readonly #entries: Map<string, Entry>;

  constructor(entries: OpenAlerts = []) {
    this.#entries = new Map(entries.map((entry) => [keyOf(entry.alert), entry]));
  }

  /** Those that have fired. */
  get open(): readonly Alert[] {
    return [...this.#entries.values()].filter(({ fired }) => fired).map(({ alert }) => alert);
  }

  get entries(): OpenAlerts {
    return [...this.#entries.values()];
  }

  /** How severe the alert is that stands. */
  standing(code: AlertCode, subject: string | null): Severity | null {
    const entry = this.#entries.get(keyOf({ code, subject }));
    return entry?.fired === true ? entry.alert.severity : null;
  }

  /** Judges by all rules and takes what they found. `impatient`: there will be no second check. */
  judge(
    rules: readonly Rule[],
    view: Omit<View, 'standing'>,
    thresholds: Thresholds,
    impatient = false,
  ): AlertChange[] {
    const standing = this.standing.bind(this);
    return rules.flatMap((rule) => {
      const found = rule.judge({ ...view, standing }, thresholds);
      const patience = impatient ? 1 : (rule.patience ?? 1);
      return found === null ? [] : this.take(rule.codes, found, view.sample.at, patience);
    });
  }

  /** Takes all that was found of some codes; what is not among it any more is cleared. */
  take(codes: readonly AlertCode[], found: readonly Finding[], at: string, patience = 1): AlertChange[] {
    const changes: AlertChange[] = [];
    const keys = new Set(found.map(keyOf));
    for (const [key, { alert, fired }] of [...this.#entries]) {
      if (!codes.includes(alert.code) || keys.has(key)) continue;
      this.#entries.delete(key);
      if (fired) changes.push({ change: 'cleared', at, alert });
    }
    for (const finding of found) {
      const before = this.#entries.get(keyOf(finding));
      const checks = (before?.checks ?? 0) + 1;
      const fired = before?.fired === true || checks >= patience;
      const alert: Alert = { ...finding, since: before?.alert.since ?? at };
      this.#entries.set(keyOf(finding), { alert, checks, fired });
      if (!fired) continue;
      if (before?.fired !== true) changes.push({ change: 'fired', at, alert });
      else if (before.alert.severity !== alert.severity) changes.push({ change: 'changed', at, alert });
    }
    return changes;
  }
}

function keyOf({ code, subject }: Pick<Finding, 'code' | 'subject'>): string {
  return JSON.stringify([code, subject]);
}
