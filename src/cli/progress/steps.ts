import { count, counted, duration } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { ProgressEvent, Step } from '../../reports/progress.js';
import { rateText } from '../render/running.js';

/** What a step does, for a person. */
export const STEP_TEXT = {
  plan: 'reading the catalog and counting',
  tables: 'creating the tables',
  capture: 'having the legacy tables report their changes',
  load: 'unifying rows',
  count: 'counting the metrics',
  sync: 'applying what was written meanwhile',
  indexes: 'building indexes and constraints',
  views: 'creating the legacy views',
  refresh: 'refreshing materialized views',
  verify: 'comparing both sides',
  drop: 'dropping what Drydock made',
  preflight: 'looking at what hangs on the tables',
  swap: 'swapping the names',
  revert: 'giving the tables their names back',
  complete: 'making the old names read-only',
} as const satisfies Readonly<Record<Step, string>>;

/** Changes that were applied, for a person. */
export function syncText(event: Extract<ProgressEvent, { type: 'sync' }>): string {
  return [
    `${counted(event.changes, 'change')} applied`,
    `${count(event.backlog)} left`,
    `${count(event.changesPerSecond)} changes/s`,
    `lag ${duration(event.lagSeconds)}`,
  ].join(', ');
}

/** An order that was followed, for a person. */
export function orderText({ order, by, at, maxRate }: Extract<ProgressEvent, { type: 'order' }>): string {
  const who = `by ${printable(by)}, ${printable(at)}`;
  if (order === 'throttled') return `${rateText(maxRate)}: throttled ${who}`;
  return order === 'paused' ? `paused ${who}; drydock resume lets it go on` : `resumed ${who}`;
}
