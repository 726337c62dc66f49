import { counted } from '../format/format.js';
import type { PhaseStory } from '../reports/report.js';
import type { RunReport } from '../reports/run.js';

/** What a reader has to know before anything else: what is open, different or put aside, and what the run said. */
export function warningsOf(phases: readonly PhaseStory[], run?: RunReport): string[] {
  return [...phases.flatMap(ofPhase), ...(run?.warnings ?? [])];
}

function ofPhase({ phase, state, batches, verification, rejects, runs, accounting }: PhaseStory): string[] {
  const open = batches.filter(({ status }) => status === 'pending').length;
  const rejected = rejects.reduce((sum, { rows }) => sum + rows, 0);
  const unbalanced = accounting.filter(({ balanced }) => !balanced).map(({ table }) => table);
  const last = runs.at(-1);
  return [
    ...(state === 'different'
      ? [`Phase ${phase}: the last verification found differences. Run: drydock verify --phase ${phase}`]
      : []),
    ...(open > 0
      ? [`Phase ${phase}: ${counted(open, 'batch', 'batches')} of ${batches.length} still to be loaded.`]
      : []),
    ...(unbalanced.length > 0
      ? [`Phase ${phase}: the accounting of ${unbalanced.join(', ')} does not add up.`]
      : []),
    ...(verification === null && open === 0 ? [`Phase ${phase} was loaded and never verified.`] : []),
    ...(rejected > 0
      ? [`Phase ${phase}: ${counted(rejected, 'row')} could not be stored and were put aside.`]
      : []),
    ...(last !== undefined && last.finishedAt === null
      ? [`Phase ${phase}: the last run has not ended, or was killed.`]
      : []),
  ];
}
