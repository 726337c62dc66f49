import type { MonitorReport } from '../../reports/monitor.js';
import { byId, setText } from './dom.js';
import { visible } from './words.js';

/** Tells a screen reader what is worth an interruption: alerts, states, the connection. Figures that move are not. */
export function announce(report: MonitorReport, before: MonitorReport | null): void {
  const told = [...reachability(report, before), ...alertChanges(report), ...stateChanges(report, before)];
  if (told.length > 0) setText(byId('announcer'), told.join(' '));
}

function reachability({ sample }: MonitorReport, before: MonitorReport | null): string[] {
  if (before === null || (sample === null) === (before.sample === null)) return [];
  return [sample === null ? 'The database is not reached any more.' : 'The database is reached again.'];
}

function alertChanges({ changes }: MonitorReport): string[] {
  return changes.map(({ change, alert }) =>
    change === 'cleared' ? `Cleared: ${alert.code}.` : `${alert.severity}: ${visible(alert.reason)}`,
  );
}

function stateChanges({ sample }: MonitorReport, before: MonitorReport | null): string[] {
  const states = new Map(before?.sample?.progress?.phases.map(({ phase, state }) => [phase, state]));
  if (before === null) return [];
  return (sample?.progress?.phases ?? []).flatMap(({ phase, state }) =>
    states.get(phase) === state ? [] : [`${phase} is now ${state}.`],
  );
}
