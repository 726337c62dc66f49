import type { AlertCode, Finding } from '../../reports/monitor.js';
import { type Rule, severityOf, type View } from './rule.js';

/** Peaks of one check are nothing to call anybody for. */
const PATIENCE = 3;

export const cpu: Rule = {
  codes: ['cpu'],
  patience: PATIENCE,
  judge: (view, { cpuPercent }) =>
    share(view, 'cpu', view.sample.machine?.cpu, cpuPercent, {
      what: 'of the processors of this machine are in use',
      next: 'See what is at work here; drydock throttle, or run --nice, leaves more to others.',
    }),
};

export const memory: Rule = {
  codes: ['memory'],
  patience: PATIENCE,
  judge: (view, { memoryPercent }) =>
    share(view, 'memory', view.sample.machine?.memory, memoryPercent, {
      what: 'of the memory of this machine is in use',
      next: 'See what needs it; a run needs less with a smaller --concurrency and --batch-size.',
    }),
};

export const disk: Rule = {
  codes: ['disk'],
  judge: (view, { diskPercent }) => {
    const volume = view.sample.disk?.volume;
    const used = volume == null ? undefined : 1 - volume.freeBytes / volume.totalBytes;
    return share(view, 'disk', used, diskPercent, {
      what: "of the file system with the server's data is in use",
      next: 'Make room, or pause the run (drydock pause): a full disk stops the server.',
    });
  },
};

function share(
  { standing }: View,
  code: AlertCode,
  used: number | undefined,
  limit: number,
  words: { readonly what: string; readonly next: string },
): readonly Finding[] | null {
  if (used === undefined) return null;
  const percent = used * 100;
  const severity = severityOf(
    percent,
    { warning: limit, critical: Math.max(95, limit) },
    standing(code, null),
  );
  if (severity === null) return [];
  return [
    { code, subject: null, severity, reason: `${Math.round(percent)} % ${words.what}.`, next: words.next },
  ];
}
