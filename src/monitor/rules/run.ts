import type { Finding, PhaseProgress, Thresholds } from '../../reports/monitor.js';
import type { Running } from '../../reports/status.js';
import { minutesText, type Rule } from './rule.js';

/** The newest run of a phase ended in an error. One that was told to stop is no failure. */
export const failedRun: Rule = {
  codes: ['run-failed'],
  judge: ({ sample: { progress } }) =>
    progress?.phases.flatMap(({ phase, run }): Finding[] =>
      run?.ended !== 'failed'
        ? []
        : [
            {
              code: 'run-failed',
              subject: phase,
              severity: 'critical',
              reason: `The last run of phase ${phase} failed (${run.outcome}) at ${run.finishedAt}.`,
              next: 'Give the same command again: it goes on where it stopped, or says what is in the way.',
            },
          ],
    ) ?? null,
};

/** A run that never said how it ended, and nobody is at work: killed, or cut off. From a standby nobody is seen at work. */
export const goneRun: Rule = {
  codes: ['run-gone'],
  judge: ({ sample }) => {
    const progress = sample.standby ? null : sample.progress;
    return (
      progress?.phases.flatMap(({ phase, run }): Finding[] =>
        run === null || run.finishedAt !== null || progress.running !== null
          ? []
          : [
              {
                code: 'run-gone',
                subject: phase,
                severity: 'critical',
                reason: `The run of phase ${phase} by ${run.by} is gone, without a word: it was killed, or lost its connection.`,
                next: 'Give drydock run again: what is committed stays, and it goes on from there.',
              },
            ],
      ) ?? null
    );
  },
};

/** A run that loads, is not paused, and has not finished a batch for longer than it may take. */
export const stalledRun: Rule = {
  codes: ['stalled'],
  judge: ({ sample: { progress } }, thresholds) =>
    progress?.phases.flatMap((phase): Finding[] => {
      const idle = stalledFor(phase, progress.running, thresholds);
      if (idle === null) return [];
      return [
        {
          code: 'stalled',
          subject: phase.phase,
          severity: 'critical',
          reason: `The run of phase ${phase.phase} has loaded no batch for ${minutesText(idle)}, and ${phase.batches.total - phase.batches.done} are left.`,
          next: 'See whether it waits for a lock (below, or drydock monitor), and what its own output says. It may be stopped and started again.',
        },
      ];
    }) ?? null,
};

function stalledFor(
  phase: PhaseProgress,
  running: Running | null,
  { stalledMinutes }: Thresholds,
): number | null {
  const { run, batches, idleSeconds } = phase;
  if (running?.command !== 'run' || running.paused !== null) return null;
  if (run === null || run.finishedAt !== null || batches.done === batches.total) return null;
  const idle = Math.min(run.startedSecondsAgo, idleSeconds ?? Number.POSITIVE_INFINITY);
  // At a rate that was ordered, a batch may rightly take long.
  const atRate = running.maxRate === null ? 0 : (3 * batches.size) / running.maxRate;
  return idle > Math.max(stalledMinutes * 60, atRate) ? idle : null;
}

export const differentPhase: Rule = {
  codes: ['different'],
  judge: ({ sample: { progress } }) =>
    progress?.phases.flatMap(({ phase, state, verification }): Finding[] => {
      if (state !== 'different') return [];
      const tables = (verification?.tables ?? []).filter(({ equal }) => !equal).map(({ table }) => table);
      return [
        {
          code: 'different',
          subject: phase,
          severity: 'critical',
          reason: `Verification found differences in phase ${phase}${tables.length === 0 ? '' : `: ${tables.join(', ')}`}.`,
          next: `drydock verify --phase ${phase} names every row and column that differs.`,
        },
      ];
    }) ?? null,
};

export const rejectedRows: Rule = {
  codes: ['rejects'],
  judge: ({ sample: { progress } }) =>
    progress?.phases.flatMap(({ phase, rejected }): Finding[] =>
      rejected === 0
        ? []
        : [
            {
              code: 'rejects',
              subject: phase,
              severity: 'warning',
              reason: `${rejected} ${rejected === 1 ? 'row' : 'rows'} of phase ${phase} could not be stored, and were put aside.`,
              next: 'The table drydock.rejects says why, row by row; the legacy views still show them.',
            },
          ],
    ) ?? null,
};
