import { printable } from '../../format/printable.js';
import type { PhaseRollback, RollbackReport } from '../../reports/rollback.js';
import type { Style } from '../style.js';
import { swapFacts } from './cutover.js';
import { facts, heading, mark, title, warning } from './parts.js';
import { wrap } from './text.js';

/** What `drydock rollback` dropped or gave back, by name. */
export function renderRollback(report: RollbackReport, style: Style): string[] {
  const nothing = report.phases.every(
    ({ dropped, reverted, kept }) => dropped.length === 0 && reverted === null && !kept,
  );
  return [
    ...title(report.dryRun ? 'rollback, dry run' : 'rollback', report, style),
    ...report.phases.flatMap((phase) => [
      ...heading(phase.phase, '', style),
      ...(phase.reverted === null ? [] : revertedLines(phase.reverted, style)),
      ...(phase.kept ? keptLines(phase) : droppedLines(phase, report.dryRun)),
    ]),
    '',
    `${mark(true, style)} ${verdict(report, nothing)}`,
  ];
}

function verdict({ dryRun, phases }: RollbackReport, nothing: boolean): string {
  if (nothing) return 'Nothing to drop. The legacy tables were not touched.';
  if (dryRun) return 'Nothing was changed.';
  if (phases.some(({ reverted }) => reverted !== null))
    return 'Rolled back: the legacy tables have their names again, with all that was written since.';
  return phases.some(({ kept }) => kept)
    ? 'The legacy tables have their names: the cutover is undone already. Nothing was changed.'
    : 'Rolled back. The rows of the legacy tables were not touched.';
}

function keptLines({ phase }: PhaseRollback): string[] {
  return [`  What Drydock made is kept; to drop it: drydock rollback --phase ${phase} --drop`];
}

function droppedLines({ dropped }: PhaseRollback, dryRun: boolean): string[] {
  if (dropped.length === 0) return ['  There was nothing of this phase.'];
  return dropped.map((name) => `  ${dryRun ? 'would drop' : 'dropped'} ${printable(name)}`);
}

function revertedLines(reverted: NonNullable<PhaseRollback['reverted']>, style: Style): string[] {
  const { swap, tables, carried, catalogDifferences } = reverted;
  return [
    ...tables.map(
      (name) => `  ${swap === null ? 'would be a table again:' : 'a table again:'} ${printable(name)}`,
    ),
    ...(swap === null ? [] : facts(swapFacts(swap), style)),
    ...carried.flatMap((what) =>
      wrap(
        `  ${swap === null ? 'would be carried to the table:' : 'carried to the table:'} ${printable(what)}`,
        style.width,
        '    ',
      ),
    ),
    ...(swap !== null && carried.length + catalogDifferences.length === 0
      ? [`  ${mark(true, style)} Everything that hangs on them is as it was before the cutover.`]
      : []),
    ...catalogDifferences.flatMap((difference) => warning(difference, style)),
  ];
}
