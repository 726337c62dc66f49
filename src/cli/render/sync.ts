import { bytes, count, counted, duration } from '../../format/format.js';
import type { PhaseSync, SyncReport } from '../../reports/sync.js';
import type { Style } from '../style.js';
import { facts, heading, mark, title } from './parts.js';
import { stateText } from './state.js';
import { wrap } from './text.js';

/** What `drydock sync` applied, and what is left. */
export function renderSync(report: SyncReport, style: Style): string[] {
  const { colors } = style;
  return [
    ...title('sync', report, style),
    ...report.phases.flatMap((phase) => [
      ...heading(phase.phase, stateText(phase.state, style), style),
      ...facts(phaseFacts(phase), style),
    ]),
    '',
    ...wrap(`${mark(true, style)} ${verdict(report)}`, style.width, '  '),
    ...wrap(
      `  ${colors.dim(`In ${duration(report.seconds)}, with at most ${bytes(report.peakRssBytes)} of memory.`)}`,
      style.width,
      '  ',
    ),
  ];
}

function phaseFacts(phase: PhaseSync): (readonly [string, string])[] {
  return [
    [
      'applied',
      `${counted(phase.changes, 'change')}: ${counted(phase.keys, 'key')} computed again, ` +
        `${counted(phase.rowsWritten, 'row')} written`,
    ],
    ...(phase.reloadedBatches > 0
      ? ([['loaded again', counted(phase.reloadedBatches, 'batch', 'batches')]] as const)
      : []),
    ...(phase.keys > 0
      ? ([['speed', `${count(phase.keysPerSecond)} keys/s in ${duration(phase.seconds)}`]] as const)
      : []),
    ['backlog', `${counted(phase.backlog, 'change')}; greatest lag ${duration(phase.lagSeconds)}`],
  ];
}

function verdict({ outcome, phases }: SyncReport): string {
  const left = phases.reduce((sum, phase) => sum + phase.backlog, 0);
  if (outcome === 'stopped') return `Stopped: ${counted(left, 'change')} left in the queue.`;
  const unproven = phases.some(({ state }) => state === 'loaded' || state === 'different');
  return `Caught up.${unproven ? ' Not proven: drydock verify --record compares both sides.' : ''}`;
}
