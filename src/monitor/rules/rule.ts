import type { AlertCode, Finding, Rates, Sample, Severity, Thresholds } from '../../reports/monitor.js';

/** What a rule looks at. */
export interface View {
  readonly sample: Sample;
  readonly rates: Rates;
  /** The samples before this one, the newest last. */
  readonly earlier: readonly Sample[];
  /** How severe the alert is that stands already; null: none does. */
  standing(code: AlertCode, subject: string | null): Severity | null;
}

/** Judges a sample. Pure: the same view gives the same findings. */
export interface Rule {
  /** The alerts that it may find. */
  readonly codes: readonly AlertCode[];
  /** In how many checks in a row it has to find one before that fires; default 1. */
  readonly patience?: number;
  /** Null: what it judges is unknown in this sample; alerts that stand are neither fired nor cleared. */
  judge(view: View, thresholds: Thresholds): readonly Finding[] | null;
}

/** An alert that stands is cleared only this much below its threshold: a value that hovers there would flap. */
const MARGIN = 0.05;

/** How severe a value is, given how severe it was. */
export function severityOf(
  value: number,
  threshold: { readonly warning: number; readonly critical: number },
  standing: Severity | null,
): Severity | null {
  const over = (limit: number, stands: boolean): boolean => value > (stands ? limit * (1 - MARGIN) : limit);
  if (over(threshold.critical, standing === 'critical')) return 'critical';
  return over(threshold.warning, standing !== null) ? 'warning' : null;
}

/** Seconds in whole minutes. */
export function minutesText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 1 ? 'less than a minute' : minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
