import { count } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { Running } from '../../reports/status.js';
import type { Style } from '../style.js';

/** Who is at work: the lines of a facts list. */
export function atWorkFacts(
  { running, standby }: { readonly running: Running | null; readonly standby: boolean },
  style: Style,
): (readonly [name: string, value: string])[] {
  if (running !== null) return runningFacts(running, style);
  return [['at work', standby ? 'not to be seen from a standby' : 'nobody']];
}

/** Who is at work, since when, and what it has been told: the lines of a facts list. */
export function runningFacts(running: Running, style: Style): (readonly [name: string, value: string])[] {
  const { command, by, since, paused, maxRate } = running;
  return [
    [
      'at work',
      `${command === null ? 'drydock' : `drydock ${command}${phasesText(running)}`}, by ${printable(by)}` +
        `${since === null ? '' : `, since ${printable(since)}`}`,
    ],
    ...(command === 'rollback' ? [] : ([['rate', rateText(maxRate)]] as const)),
    ...(paused === null ? [] : ([['paused', style.colors.yellow(pausedText(paused))]] as const)),
  ];
}

/** `no more than 2,000 rows/s`. */
export function rateText(maxRate: number | null): string {
  return maxRate === null ? 'no limit' : `no more than ${count(maxRate)} rows/s`;
}

function phasesText({ phases }: Running): string {
  return phases.length === 0 ? '' : ` (${phases.join(', ')})`;
}

function pausedText({ by, since, halted }: NonNullable<Running['paused']>): string {
  const who = `by ${printable(by)}, since ${printable(since)}`;
  return halted ? who : `${who}; it stands still before its next batch`;
}
