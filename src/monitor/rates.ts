import type { PhaseProgress, Rates, Sample } from '../reports/monitor.js';

/** Less than this between two samples gives no rate that means anything. */
const LEAST_SECONDS = 0.5;

/** What follows from a sample and the one before it. Pure. */
export function ratesOf(sample: Sample, before: Sample | null): Rates {
  const seconds = before === null ? 0 : (Date.parse(sample.at) - Date.parse(before.at)) / 1000;
  const perSecond = (pick: (of: Sample) => number | undefined): number | null => {
    const [now, then] = [pick(sample), before === null ? undefined : pick(before)];
    if (now === undefined || then === undefined || seconds < LEAST_SECONDS) return null;
    return (now - then) / seconds;
  };
  return {
    phases: (sample.progress?.phases ?? []).map((phase) => phaseRates(phase, isLoading(sample))),
    walBytesPerSecond: perSecond(({ wal }) => wal?.position),
    cacheHitRatio: hitRatio(sample, before),
    backlogPerSecond: perSecond(({ capture }) => capture?.backlog),
  };
}

/** Where nobody loads there is no rate, and no end: what was loaded before says nothing of it. */
function isLoading({ progress }: Sample): boolean {
  return progress != null && progress.running !== null && progress.running.paused === null;
}

function phaseRates(phase: PhaseProgress, loading: boolean): Rates['phases'][number] {
  const { batches, recent } = phase;
  const left = batches.total - batches.done;
  // What a batch holds is known when it has been loaded; until then it is taken for an average one.
  const average = batches.done > 0 ? phase.rowsIn / (batches.done + batches.reopened) : batches.size;
  const rowsLeft = Math.round(left * average);
  const rowsPerSecond =
    loading && recent !== null && recent.seconds > 0 ? recent.rows / recent.seconds : null;
  return {
    phase: phase.phase,
    rowsPerSecond: left === 0 ? null : rowsPerSecond,
    rowsLeft,
    secondsLeft:
      left === 0 ? 0 : rowsPerSecond !== null && rowsPerSecond > 0 ? rowsLeft / rowsPerSecond : null,
  };
}

function hitRatio(sample: Sample, before: Sample | null): number | null {
  const { cache } = sample;
  if (cache === null) return null;
  const then = before?.cache ?? { hits: 0, reads: 0 };
  // The statistics may have been reset in between.
  const fresh = cache.hits < then.hits || cache.reads < then.reads;
  const hits = fresh ? cache.hits : cache.hits - then.hits;
  const reads = fresh ? cache.reads : cache.reads - then.reads;
  return hits + reads > 0 ? hits / (hits + reads) : null;
}
