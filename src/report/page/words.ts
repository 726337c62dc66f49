import type { PhaseState } from '../../reports/phase-state.js';
import { html, type Markup } from './markup.js';

/** A moment for a reader in any time zone: `2026-03-01 14:05:09 UTC`. */
export function moment(ms: number): string {
  return Number.isFinite(ms)
    ? new Date(ms)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z/, ' UTC')
    : 'unknown';
}

const GOOD: ReadonlySet<PhaseState> = new Set(['verified', 'in-sync', 'cut-over', 'completed']);

/** Whether nothing of the phase is open or different. */
export function isGood(state: PhaseState): boolean {
  return GOOD.has(state);
}

export function stateBadge(state: PhaseState): Markup {
  const kind = isGood(state) ? 'good' : state === 'different' ? 'bad' : '';
  return html`<span class="state ${kind}">${state}</span>`;
}
