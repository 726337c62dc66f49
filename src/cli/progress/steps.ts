import type { ProgressEvent, Step } from '../../reports/progress.js';
import { printable } from '../printable.js';
import { rateText } from '../render/running.js';

/** What a step does, for a person. */
export const STEP_TEXT = {
  plan: 'reading the catalog and counting',
  tables: 'creating the tables',
  load: 'unifying rows',
  count: 'counting the metrics of submissions',
  indexes: 'building indexes and constraints',
  views: 'creating the legacy views',
  refresh: 'refreshing materialized views',
  verify: 'comparing both sides',
  drop: 'dropping what Drydock made',
} as const satisfies Readonly<Record<Step, string>>;

/** An order that was followed, for a person. */
export function orderText({ order, by, at, maxRate }: Extract<ProgressEvent, { type: 'order' }>): string {
  const who = `by ${printable(by)}, ${printable(at)}`;
  if (order === 'throttled') return `${rateText(maxRate)}: throttled ${who}`;
  return order === 'paused' ? `paused ${who}; drydock resume lets it go on` : `resumed ${who}`;
}
