import { count, counted } from '../../format/format.js';
import type { CutoverReport, PhaseCutover, Swap } from '../../reports/cutover.js';
import type { Style } from '../style.js';
import { findingLines } from './findings.js';
import { facts, heading, mark, title } from './parts.js';
import { stateText } from './state.js';
import { wrap } from './text.js';
import { hashTable, invariantLines } from './verification.js';

const OUTCOMES = {
  'cut-over': 'Cut over: the old names are views, which applications read and write as before.',
  'already-cut-over': 'It was cut over before.',
  'would-cut-over': 'Nothing stands in the way; nothing was changed.',
  'not-begun': 'Nothing stops this phase. It was not touched, because another one is refused.',
  refused: 'Not cut over: what stops it is named above.',
} as const satisfies Readonly<Record<PhaseCutover['outcome'], string>>;

const AFLOAT =
  '  → drydock sync --follow carries what they write to the unified tables; drydock rollback gives the tables their names back, with all of it.';

/** What `drydock cutover` found, and how the swap went. */
export function renderCutover(report: CutoverReport, style: Style): string[] {
  return [
    ...title(report.dryRun ? 'cutover, dry run' : 'cutover', report, style),
    ...report.phases.flatMap((phase) => [
      ...heading(phase.phase, stateText(phase.state, style), style),
      ...findingLines(phase.findings, style),
      ...(phase.swap === null ? [] : ['', ...facts(swapFacts(phase.swap), style)]),
      ...(phase.verification === null
        ? []
        : ['', ...hashTable(phase.verification.tables, style), ...invariantLines(phase.verification, style)]),
      '',
      `${mark(!isHeldBack(phase) && phase.verification?.equal !== false, style)} ${OUTCOMES[phase.outcome]}`,
      ...(phase.state === 'cut-over' ? wrap(AFLOAT, style.width, '    ') : []),
    ]),
  ];
}

function isHeldBack({ outcome }: PhaseCutover): boolean {
  return outcome === 'refused' || outcome === 'not-begun';
}

/** How long writers waited, and what for. */
export function swapFacts(swap: Swap): (readonly [string, string])[] {
  const milliseconds = (value: number) => `${value.toFixed(1)} ms`;
  return [
    [
      'locks',
      `asked for ${counted(swap.attempts, 'time')}; the last time got within ${milliseconds(swap.waitedMs)}`,
    ],
    ['held', `${milliseconds(swap.heldMs)}, the commit included`],
    ['applied', `${count(swap.drained)} changed keys while they were held`],
  ];
}
