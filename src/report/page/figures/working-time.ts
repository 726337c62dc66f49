/** A stretch of time, in milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A time axis from which long idle stretches are cut: a batch that was loaded again a week later would flatten all others. */
export interface WorkingTime {
  /** Seconds of work at a moment. */
  at(moment: number): number;
  readonly seconds: number;
  /** Seconds at which something was cut out, and how long it was. */
  readonly cuts: readonly { readonly at: number; readonly seconds: number }[];
}

/** An idle stretch stays in view when it is no longer than this share of the work. */
const KEPT_SHARE = 0.1;
const LEAST_KEPT_MS = 1_000;

export function workingTime(stretches: readonly Stretch[]): WorkingTime {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  const work = merged.reduce((sum, { from, to }) => sum + to - from, 0);
  const kept = Math.max(LEAST_KEPT_MS, KEPT_SHARE * work);
  const gaps = merged.slice(1).map(({ from }, index) => ({ from: merged[index]?.to ?? from, to: from }));
  const cut = gaps.filter(({ from, to }) => to - from > kept);
  const begin = merged[0]?.from ?? 0;
  /** What a gap that was cut leaves behind, so that it can be seen. */
  const seam = kept / 4;
  const at = (moment: number): number => {
    let gone = 0;
    for (const { from, to } of cut) if (moment >= to) gone += to - from - seam;
    return (moment - begin - gone) / 1000;
  };
  return {
    at,
    seconds: at(merged.at(-1)?.to ?? begin),
    cuts: cut.map(({ from, to }) => ({ at: at(from) + seam / 2000, seconds: (to - from) / 1000 })),
  };
}
