import { counted } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { CompleteReport, PhaseCompletion } from '../../reports/complete.js';
import type { Style } from '../style.js';
import { findingLines } from './findings.js';
import { heading, mark, title } from './parts.js';

const OUTCOMES = {
  completed: 'Completed: the unified tables stand on their own, and the old names are read-only views.',
  'already-completed': 'It was completed before.',
  'would-complete': 'Nothing stands in the way; nothing was changed.',
  'not-begun': 'Nothing stops this phase. It was not touched, because another one is refused.',
  refused: 'Not completed: what stops it is named above.',
} as const satisfies Readonly<Record<PhaseCompletion['outcome'], string>>;

/** What `drydock complete` found and did. */
export function renderComplete(report: CompleteReport, style: Style): string[] {
  return [
    ...title(report.dryRun ? 'complete, dry run' : 'complete', report, style),
    ...report.phases.flatMap((phase) => [
      ...heading(phase.phase, '', style),
      ...findingLines(phase.findings, style),
      ...(phase.repointed === 0
        ? []
        : ['', `  ${counted(phase.repointed, 'row')} of other tables re-pointed`]),
      ...phase.dropped.map((name) => `  dropped ${printable(name)}`),
      '',
      `${mark(phase.outcome !== 'refused' && phase.outcome !== 'not-begun', style)} ${OUTCOMES[phase.outcome]}`,
    ]),
  ];
}
