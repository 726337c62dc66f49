import type { Finding, Sample } from '../../reports/monitor.js';
import { type Rule, severityOf } from './rule.js';

function nextStep({ capture, standby }: Sample): string {
  if (standby)
    return 'Whether a sync is connected cannot be seen from a standby: see drydock status on the primary.';
  return capture?.followed === true
    ? 'A sync is connected: see what it says, and whether it waits for a lock or for another command.'
    : 'Nobody applies them: start drydock sync --follow.';
}

/** The oldest captured change waits for too long. */
export const lag: Rule = {
  codes: ['lag'],
  judge: ({ sample, standing }, { lagSeconds }) => {
    if (isUnknown(sample.unknown)) return null;
    const { lagSeconds: now = null, backlog = 0 } = sample.capture ?? {};
    const limits = { warning: lagSeconds, critical: 4 * lagSeconds };
    const severity = severityOf(now ?? 0, limits, standing('lag', null));
    if (severity === null || now === null) return [];
    return [
      {
        code: 'lag',
        subject: null,
        severity,
        reason: `The oldest of ${backlog} captured changes has waited for ${Math.round(now)} seconds.`,
        next: nextStep(sample),
      },
    ];
  },
};

/** A table stopped reporting its changes: whatever is written to it from now on is lost to us. */
export const silentCapture: Rule = {
  codes: ['capture-silent'],
  judge: ({ sample }) => {
    if (isUnknown(sample.unknown)) return null;
    return (sample.capture?.silent ?? []).map((table) => ({
      code: 'capture-silent',
      subject: table,
      severity: 'critical',
      reason: `The triggers that report changes of ${table} are missing, switched off or replaced: nobody knows what is written to it.`,
      next: 'Run: drydock run. It puts them back, and loads again what may have changed unseen.',
    }));
  },
};

/** The lag grew from check to check: it is not kept up with. */
export const growingLag: Rule = {
  codes: ['lag-growing'],
  judge: ({ sample, earlier, standing }, { lagGrowingChecks }): readonly Finding[] | null => {
    if (isUnknown(sample.unknown)) return null;
    const lags = [...earlier, sample]
      .slice(-lagGrowingChecks - 1)
      .map(({ capture }) => capture?.lagSeconds ?? 0);
    const grows = lags.every((now, index) => index === 0 || now > (lags[index - 1] ?? 0));
    const [newest = 0, before = 0] = [lags.at(-1), lags.at(-2)];
    // One that stands goes when the lag does, not when it pauses for a check.
    const stands = standing('lag-growing', null) !== null && newest > 0 && newest >= before;
    if (!stands && !(grows && lags.length > lagGrowingChecks)) return [];
    return [
      {
        code: 'lag-growing',
        subject: null,
        severity: 'warning',
        reason: `Captured changes come in faster than they are applied: the lag has grown to ${Math.round(newest)} seconds.`,
        next: nextStep(sample),
      },
    ];
  },
};

function isUnknown(unknown: readonly { readonly figure: string }[]): boolean {
  return unknown.some(({ figure }) => figure === 'capture' || figure === 'progress');
}
